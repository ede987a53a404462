import BSON
import Blueprint
import HTTPTypes
import Hummingbird
import Roadside
import RoadsideRules
public import RoadsideWeb

extension FixOnCall {
    /// Paths that end in a secret: logs and refusals tell them without it.
    public static let secretPaths = SecretPaths(["\(prefix)\(SharedRoutes.prefix)/"])
}

/// F8: links by which a driver lets others follow his service, below the service.
struct ShareRoutes: Sendable {
    let sharing: Sharing

    func record(in services: inout Blueprint<WebContext>) {
        services.post("/<id>/share", name: "share", Self.share, handler: share)
        services.get("/<id>/shares", name: "shares", Self.list, handler: list)
        services.delete("/<id>/share/<share_id>", name: "unshare", Self.revoke, handler: revoke)
    }

    @Sendable private func share(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try ShareBody(try await RequestJSON.fields(request))
        let (link, token) = try await sharing.share(
            reference, body.scope, for: body.seconds, by: context.requireCaller())
        let path = try context.routing.url(for: "\(FixOnCall.name).shared.shared", ["token": token])
        return Envelope.created(
            "Link made.",
            ["share": ShareView.json(link), "token": .string(token), "path": .string(path)],
            at: try context.routing.url(for: ".shares", ["id": link.jobID]))
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let links = try await sharing.links(of: context.reference(to: "Service"), by: context.requireCaller())
        return Envelope.success(
            "Links retrieved.", ["shares": .array(links.map(ShareView.json)), "count": .int(Int64(links.count))])
    }

    @Sendable private func revoke(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        guard case .id(let link)? = context.routing.parameters["share_id"].flatMap(Reference.init) else {
            throw RoadsideError.notFound("Link")
        }
        try await sharing.revoke(link, to: reference, by: context.requireCaller())
        return Envelope.success("Link taken back.")
    }
}

/// What such a link shows, to anybody.
struct SharedRoutes: Sendable {
    static let prefix = "/shared"

    let sharing: Sharing

    var blueprint: Blueprint<WebContext> {
        var routes = Blueprint<WebContext>("shared", prefix: Self.prefix)
        routes.get("/<token>", name: "shared", Self.shared, handler: shared)
        return routes
    }

    @Sendable private func shared(_ request: Request, _ context: WebContext) async throws -> Response {
        let job = try await sharing.job(behind: context.routing.parameters["token"] ?? "")
        // A page that shows it must not tell the next page where it was.
        return Envelope.success(
            "Service retrieved.", ["service": SharedServiceView.json(job)], headers: [.referrerPolicy: "no-referrer"])
    }
}

// What the documents say.
extension ShareRoutes {
    static let tag = "Sharing"

    static let share = {
        var operation = sharing
        operation.links = [
            Operation.Link(to: ".shares", ["id": .path("id")]),
            Operation.Link(to: ".unshare", ["id": .path("id"), "share_id": .answer("/data/share/id")]),
            Operation.Link(to: "\(FixOnCall.name).shared.shared", ["token": .answer("/data/token")]),
        ]
        return operation
    }()

    private static let sharing = Operation.fixOnCall(
        tag, "Let others follow a service", for: .only([.customer]),
        description: """
            Whoever has the `path` needs no account. `status` shows where it stands and when help is expected, `position` \
            also where the mechanic is while he has it. The link ends after `expires_in` seconds (four hours by default), \
            with the service, or when it is taken back. The token is shown once.
            """,
        body: .json(
            .object(
                ["scope": .string(oneOf: ShareBody.scopes), "expires_in": .integer(in: 60...86_400)],
                optional: ["expires_in"]), example: ["scope": "position", "expires_in": 14_400]),
        status: 201, message: "Link made.",
        data: [
            "share": ShareView.example, "token": .string(ShareView.tokenExample),
            "path": .string("/api/shared/\(ShareView.tokenExample)"),
        ], refusals: [404, 409])

    static let list = Operation.fixOnCall(
        tag, "The links to a service that work", for: .only([.customer]), message: "Links retrieved.",
        data: ["shares": [ShareView.example], "count": 1], refusals: [404])

    static let revoke = Operation.fixOnCall(
        tag, "Take a link back", for: .only([.customer]), message: "Link taken back.", data: [:], refusals: [404])
}

extension SharedRoutes {
    static let shared = Operation.fixOnCall(
        ShareRoutes.tag, "Follow a service by a link", for: .everybody,
        description: "No person, no address, no price. A link that does not work and one that never was are the same.",
        message: "Service retrieved.", data: ["service": SharedServiceView.example], refusals: [404])
}

extension HTTPField.Name {
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
