import BSON
public import Blueprint
import Hummingbird
public import Roadside
import RoadsideRules
public import RoadsideWeb

extension FixOnCall {
    /// The name of the blueprint of its socket.
    public static let socketsName = "fixoncall_sockets"

    /// Where its socket is; beside the sockets of the other dialects, and with the version of its subprotocol.
    public static let socketPath = "/ws/v1/"

    /// The blueprint of its socket, to be mounted as it is.
    public static func sockets(_ roadside: Roadside, _ sockets: ResumableSockets) -> Blueprint<WebContext> {
        var live = SocketRoutes(
            jobs: roadside.jobs, chat: ChatRoutes(chat: roadside.chat), sockets: sockets
        ).blueprint
        Problem.answerErrors(in: &live)
        return live
    }
}

/// The one socket for everything that happens to somebody.
struct SocketRoutes: Sendable {
    let jobs: Jobs
    let chat: ChatRoutes
    let sockets: ResumableSockets

    var blueprint: Blueprint<WebContext> {
        var live = Blueprint<WebContext>(FixOnCall.socketsName, prefix: String(FixOnCall.socketPath.dropLast()))
        live.before(sockets.hook)
        let words = ResumableWords(
            ResumableSockets.subprotocol, view: { EventView($0).json },
            position: { LivePositionView($0).json }, snapshot: snapshot,
            commands: [ChatRoutes.kind: chat.send])
        live.socket("/", name: "live", Self.live) { [sockets] _, context in try sockets.accept(context, words) }
        return live
    }

    @Sendable private func snapshot(of caller: Caller) async throws(RoadsideError) -> JSON {
        let available = caller.role == .provider ? try await jobs.available(to: caller) : []
        return SnapshotView.json(services: try await jobs.current(of: caller), available: available)
    }

    static let tag = "Live updates"

    static let live = Operation(
        "Everything that happens, on one socket",
        description: """
            Offer the subprotocol `\(ResumableSockets.subprotocol)`, and the token as `Authorization: Bearer …` or as the \
            subprotocol `bearer.<token>` beside it, or instead of it a ticket in the query. What is said on the socket stands in `/api/asyncapi.json` and, for \
            people, at `/api/docs/sockets`.
            """,
        tags: [tag],
        parameters: [
            .init(
                "Sec-WebSocket-Protocol", in: .header, .string,
                "`\(ResumableSockets.subprotocol)`, and with it the token where no other header can carry it.",
                required: true),
            SocketAdmission.ticketParameter,
        ],
        responses: [
            400: refusal("No proper handshake, or the subprotocol is not offered"), 401: refusal("No valid token"),
            403: refusal("A page of a foreign origin"),
            426: refusal("Sockets open on the first request of a connection"),
        ], roles: Access.signedIn.roles)

    private static func refusal(_ meaning: String) -> Operation.Reply {
        Operation.Reply(meaning, .reference(FixOnCall.problemSchema))
    }
}
