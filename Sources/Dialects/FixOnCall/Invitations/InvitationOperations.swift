import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

/// What the documents say of invitations, and who may call their routes.
extension InvitationRoutes {
    private static let admins = Access.only([.admin])

    static let invite = Operation.fixOnCall(
        "Admin", "Invite a dispatcher, a partner or an admin", for: admins,
        description: """
            A mail with a token goes to the address; the token is shown nowhere else, works once and for three days. An \
            earlier invitation of the address is taken back. Whoever has an account cannot be invited: an account keeps its \
            kind.
            """,
        body: .json(
            .object(["email": .emailAddress, "role": .string(oneOf: StaffInvitationBody.roles)]),
            example: ["email": "dispatcher@example.com", "role": "dispatcher"]),
        status: 201, message: "Invitation sent.", data: ["invitation": StaffInvitationView.example], refusals: [409]
    ).leading(to: ".revoke", by: "invitation")

    static let list = Operation.fixOnCall(
        "Admin", "Invitations, newest first", for: admins,
        query: [.query("status", .string(oneOf: InvitationState.allCases.map(\.rawValue)))]
            + ServiceRoutes.paging(perPage: InvitationsQuery.perPage),
        message: "Invitations retrieved.",
        data: ["invitations": [StaffInvitationView.example], "pagination": ServiceRoutes.pagination])

    static let revoke = Operation.fixOnCall(
        "Admin", "Take an invitation back", for: admins,
        description: "Its token works no more. An account that came of one is switched off instead.",
        message: "Invitation taken back.", data: ["invitation": StaffInvitationView.revokedExample],
        refusals: [404, 409])

    static let accept = Operation.fixOnCall(
        AuthRoutes.tag, "Make the account that an invitation is for", for: .everybody,
        description: """
            The account has the address of the invitation, proven, whatever else the body says. A token that was used, was \
            taken back, has run out or never was is 404, and so is one of an admin who is none any more.
            """,
        body: .json(
            .object(
                [
                    "token": .secret(length: 0...200), "name": .text(max: 100), "password": .newPassword,
                    "phone": .phoneNumber,
                ], optional: ["phone"]),
            example: [
                "token": "N7l8…", "name": "Daniel Dispatcher", "password": "A better one 7", "phone": "+254712345670",
            ]),
        status: 201, message: "Welcome. Your account is ready.", data: StaffInvitationView.signInExample,
        refusals: [404, 409, 503]
    ).leadingToProfile
}
