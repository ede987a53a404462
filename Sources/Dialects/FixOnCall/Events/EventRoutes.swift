import BSON
import Blueprint
import Foundation
import Hummingbird
import Logging
import Roadside
import RoadsideRules
import RoadsideWeb

/// The inbox for those who cannot hold a socket: the same rows as a stream of events, or by one question after another.
struct EventRoutes: Sendable {
    static let streamType = "text/event-stream"

    private let inbox: Inbox
    private let accounts: Accounts
    private let feed: InboxFeed
    private let options: FixOnCall.Options

    init(_ roadside: Roadside, feed: InboxFeed, options: FixOnCall.Options) {
        inbox = roadside.inbox
        accounts = roadside.accounts
        self.feed = feed
        self.options = options
    }

    var blueprint: Blueprint<WebContext> {
        var events = Blueprint<WebContext>("events", prefix: "/events")
        events.get("", name: "listen", Self.listen, handler: listen)
        events.post("/ack", name: "ack", Self.ack, handler: ack)
        return events
    }

    @Sendable private func listen(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let query = try EventQuery(request)
        _ = try context.requireConnection()
        // Before the first look, so that what is committed in between rings.
        let listener = try feed.listener(to: caller.userID)
        let cursor = try await inbox.cursor(of: caller.userID, after: query.received ?? query.since)
        if let received = query.received, received == cursor.seq { await keepReceipt(received, of: caller, context) }
        let reading = EventReading(caller, from: cursor, inbox: inbox, accounts: accounts)
        guard let wait = query.wait else {
            return try EventStream(reading, listener: listener, terms: terms(caller), logger: context.logger) {
                EventView($0).json
            }.response(to: request, context)
        }
        // Nobody waits for a body that is not sent.
        let patience = Duration.seconds(request.method == .head ? 0 : wait)
        let news = try await EventPoll(reading, listener: listener).answer(within: patience)
        return Envelope.success(
            "Events retrieved.",
            ["events": .array(news.rows.map { EventView($0).json }), "cursor": .int(news.cursor)])
    }

    @Sendable private func ack(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let seq = try AcknowledgementBody(try await RequestJSON.fields(request)).seq
        try await inbox.confirm(recipient: caller.userID, upTo: seq)
        return Envelope.success("Events confirmed.", ["s": .int(seq)])
    }

    /// A receipt that could not be kept costs a repeat, not the stream.
    private func keepReceipt(_ seq: Int64, of caller: Caller, _ context: WebContext) async {
        do throws(RoadsideError) {
            try await inbox.confirm(recipient: caller.userID, upTo: seq)
        } catch {
            context.logger.warning("A receipt could not be kept", metadata: ["error": "\(error)"])
        }
    }

    private func terms(_ caller: Caller) -> EventStream.Terms {
        // Users come back at different moments to a server that has been started anew.
        let spread = Int(caller.userID.hex.suffix(2), radix: 16) ?? 0
        return EventStream.Terms(
            endsAt: caller.expiresAt.addingTimeInterval(options.expiryGrace / .seconds(1)),
            commentInterval: options.commentInterval, retry: .milliseconds(2000 + 8 * spread))
    }
}

// What the documents say.
extension EventRoutes {
    private static let tag = "Events"

    static let listen = {
        var operation = Operation.fixOnCall(
            tag, "One's own events, as they happen", for: .signedIn,
            description: """
                A stream of server-sent events (`id` is the place, `event` the kind, `data` the event), or a long poll: \
                with `wait` and without `text/event-stream` in `Accept` the answer is JSON and comes when there is \
                something above `since`, or empty when the time is over.

                A client without a place hears what nobody has confirmed, then what comes. Codes are shown until they \
                are confirmed. The stream ends with its token, its session or the server, and says so in a last event \
                `closing` with a code of the sockets (4401, 4403, 1012).

                A user may listen in \(InboxFeed.limit) places at a time. Browsers allow six such connections to one \
                address: one is enough for an app.
                """,
            query: [
                .query(
                    "since", .integer(in: 0...Int64.max),
                    "The place to begin behind: `s` or `cursor` of what came last. `Last-Event-ID` comes before it."),
                .query(
                    "wait",
                    .integer(
                        in: Int64(EventQuery.patience.lowerBound)...Int64(EventQuery.patience.upperBound)),
                    "Seconds a poll may wait. Without it, a stream."),
            ],
            message: "Events retrieved.", data: ["events": [EventView.example], "cursor": 2], refusals: [429, 503])
        operation.parameters.append(
            .init(
                "Last-Event-ID", in: .header, .integer(in: 0...Int64.max),
                "Sent by browsers that come back. It confirms everything up to there, as `ack` does."))
        operation.responses[200]?.alternatives = [
            // What a reader validates is each event, with its `id`, `event` and `data`.
            .init(mediaType: streamType, .any, example: .string(EventView.streamExample))
        ]
        return operation
    }()

    static let ack = Operation.fixOnCall(
        tag, "Confirm all events up to one", for: .signedIn,
        description: "What is confirmed is not told again to clients without a place, and its codes are wiped.",
        body: .json(.object(["s": .integer(in: 0...Int64.max)]), example: ["s": 2]),
        message: "Events confirmed.", data: ["s": 2], refusals: [503])
}
