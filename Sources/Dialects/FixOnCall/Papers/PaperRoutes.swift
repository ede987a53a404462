import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// What mechanics show to be approved, and what admins say to it.
struct PaperRoutes: Sendable {
    let papers: Papers

    /// For mechanics.
    var own: Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>("documents", prefix: "/mechanics/me/documents")
        blueprint.post("", name: "submit", Self.submit, handler: submit)
        blueprint.get("", name: "mine", Self.mine, handler: mine)
        blueprint.delete("/<id>", name: "withdraw", Self.withdraw, handler: withdraw)
        return blueprint
    }

    /// For admins.
    var review: Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>("reviews_of_documents", prefix: "/admin/documents")
        blueprint.get("", name: "all", Self.all, handler: all)
        blueprint.post("/<id>/link", name: "link", Self.link, handler: link)
        blueprint.post("/<id>/approve", name: "approve", Self.approve, handler: approve)
        blueprint.post("/<id>/reject", name: "reject", Self.reject, handler: reject)
        return blueprint
    }

    @Sendable private func submit(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try PaperBody(try await RequestJSON.fields(request))
        let paper = try await papers.submit(body.draft, by: context.requireCaller())
        return Envelope.created(
            "Document handed in.", ["document": PaperView.json(paper)], at: "/api/mechanics/me/documents")
    }

    @Sendable private func mine(_ request: Request, _ context: WebContext) async throws -> Response {
        var query = QueryFields(request)
        let slice = query.page(perPage: 25)
        try query.finish()
        let page = try await papers.mine(slice, by: context.requireCaller())
        return Envelope.page("Documents retrieved.", "documents", page) { PaperView.json($0) }
    }

    @Sendable private func withdraw(_ request: Request, _ context: WebContext) async throws -> Response {
        try await papers.withdraw(id(context), by: context.requireCaller())
        return Envelope.success("Document taken back.")
    }

    @Sendable private func all(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try PapersQuery(QueryFields(request))
        let page = try await papers.all(in: query.state, query.page, for: context.requireCaller())
        return Envelope.page("Documents retrieved.", "documents", page) { PaperView.json($0) }
    }

    @Sendable private func link(_ request: Request, _ context: WebContext) async throws -> Response {
        let link = try await papers.link(to: id(context), for: context.requireCaller())
        return Envelope.success("Link made.", PaperLinkView.json(link))
    }

    @Sendable private func approve(_ request: Request, _ context: WebContext) async throws -> Response {
        let decided = try await papers.decide(id(context), .approved, by: context.requireCaller())
        return Envelope.success("Document approved.", ["document": PaperView.json(decided)])
    }

    @Sendable private func reject(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try id(context)
        let body = try RejectionBody(try await RequestJSON.fields(request))
        let decided = try await papers.decide(id, .rejected(reason: body.reason), by: context.requireCaller())
        return Envelope.success("Document rejected.", ["document": PaperView.json(decided)])
    }

    /// Documents have no number.
    private func id(_ context: WebContext) throws(RoadsideError) -> ObjectID {
        guard case .id(let id) = try context.reference(to: "Document") else { throw .notFound("Document") }
        return id
    }
}
