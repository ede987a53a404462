import BSON
import Blueprint
import Foundation
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// How people become dispatchers, partners and admins.
struct InvitationRoutes: Sendable {
    let accounts: Accounts

    /// For admins.
    var desk: Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>("invitations", prefix: "/admin/invitations")
        blueprint.post("", name: "invite", Self.invite, handler: invite)
        blueprint.get("", name: "list", Self.list, handler: list)
        blueprint.delete("/<id>", name: "revoke", Self.revoke, handler: revoke)
        return blueprint
    }

    /// For whoever has a token.
    var acceptance: Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>("invited", prefix: "/auth/invitations")
        blueprint.post("/accept", name: "accept", Self.accept, handler: accept)
        return blueprint
    }

    @Sendable private func invite(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try StaffInvitationBody(try await RequestJSON.fields(request))
        let invitation = try await accounts.invite(body.email, as: body.role, by: context.requireCaller())
        return Envelope.created(
            "Invitation sent.", ["invitation": StaffInvitationView(invitation).json], at: "/api/admin/invitations")
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try InvitationsQuery(QueryFields(request))
        let page = try await accounts.invitations(in: query.state, query.page, for: context.requireCaller())
        return Envelope.page("Invitations retrieved.", "invitations", page) { StaffInvitationView($0).json }
    }

    @Sendable private func revoke(_ request: Request, _ context: WebContext) async throws -> Response {
        // Invitations have no number.
        guard case .id(let id) = try context.reference(to: "Invitation") else {
            throw RoadsideError.notFound("Invitation")
        }
        let invitation = try await accounts.revokeInvitation(id, by: context.requireCaller())
        return Envelope.success("Invitation taken back.", ["invitation": StaffInvitationView(invitation).json])
    }

    @Sendable private func accept(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try AcceptanceBody(try await RequestJSON.fields(request))
        let signIn = try await accounts.acceptInvitation(
            body.token, name: body.name, password: body.password, phone: body.phone, from: context.origin,
            visitor: Visitor(request, context))
        return Envelope.created(
            "Welcome. Your account is ready.", SignInView(signIn, at: Date()).json, at: "/api/auth/profile")
    }
}
