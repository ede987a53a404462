import BSON
import Blueprint
import Foundation
import Hummingbird
import Roadside
import RoadsideWeb

/// Tickets of sockets, this dialect's and all others'.
struct TicketRoutes: Sendable {
    let accounts: Accounts

    var blueprint: Blueprint<WebContext> {
        var tickets = Blueprint<WebContext>("ws", prefix: "/ws")
        tickets.post("/ticket", name: "ticket", Self.ticket, handler: ticket)
        return tickets
    }

    @Sendable private func ticket(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try TicketBody(try await RequestJSON.fields(request))
        let ticket = try await accounts.ticket(for: context.requireCaller(), route: body.route)
        return Envelope.success("Ticket issued.", TicketView(ticket, at: Date()).json)
    }

    static let ticket = Operation.fixOnCall(
        SocketRoutes.tag, "A ticket for a socket", for: .signedIn,
        description: """
            For clients that can send no header: `?ticket=…` on a socket's address. It opens one socket, once and soon; \
            with `route` only that one. The socket ends with the token that asked for the ticket, and with its session.
            """,
        body: .json(
            .object(
                ["route": Schema.string(pattern: "^(/.*)?$", length: 0...200).described("The path of the socket.")],
                optional: ["route"]),
            example: ["route": "/ws/v1/"]),
        message: "Ticket issued.", data: TicketView.example, refusals: [503])
}

/// Which socket is to be opened; absent: any.
struct TicketBody {
    let route: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        route = fields.optionalText("route")
        if let route, !route.hasPrefix("/") { fields.issue("route", "must be a path, such as /ws/v1/") }
        try fields.finish()
    }
}

/// What is put behind the address of the socket, and for how many seconds it is good.
struct TicketView {
    let json: JSON

    init(_ ticket: SocketTicket, at now: Date) {
        let seconds = max(0, ticket.expiresAt.timeIntervalSince(now)).rounded()
        json = ["ticket": .string(ticket.text), "expires_in": .int(Int64(seconds))]
    }

    static let example: JSON = ["ticket": "kZ3oW8…", "expires_in": 30]
}
