public import BSON
public import FixOnCallClient

/// An event of a stream, with its data parsed.
public struct HeardEvent: Sendable {
    public let id: String?
    public let name: String?
    public let json: JSON
    /// The event's place as its data says it.
    public var seq: Int64? { json["s"]?.int }
}

extension Person {
    /// Opens the stream of this person's events.
    ///
    /// - Parameter lastEventID: what a browser sends that comes back.
    public func events(_ path: String = "/api/events", lastEventID: Int64? = nil) async throws -> EventStreamClient {
        try await server.events(path, token: token, lastEventID: lastEventID)
    }
}

extension TestServer {
    /// Opens a stream of events with a token.
    public func events(
        _ path: String = "/api/events", token: String, lastEventID: Int64? = nil
    ) async throws -> EventStreamClient {
        try await EventStreamClient.open(
            host: "127.0.0.1", port: port, path: path,
            headers: [("Authorization", "Bearer \(token)")] + (lastEventID.map { [("Last-Event-ID", "\($0)")] } ?? []))
    }
}

extension EventStreamClient {
    /// The next event, past comments and hints.
    public func nextEvent(within limit: Duration = .seconds(60)) async throws -> HeardEvent {
        while true {
            switch try await next(within: limit) {
            case .event(let id, let name, let data):
                return HeardEvent(id: id, name: name, json: try JSON.parse(Array(data.utf8)))
            case .comment, .retry: continue
            case .ended: throw UnexpectedAnswer(description: "an event was expected, not the end of the stream")
            }
        }
    }

    /// So many events.
    public func nextEvents(_ count: Int) async throws -> [HeardEvent] {
        var events: [HeardEvent] = []
        for _ in 0..<count { events.append(try await nextEvent()) }
        return events
    }

    /// The code of the server's last words, after whatever came first; nil when the stream ended without any.
    public func closeCode() async throws -> Int64? {
        var code: Int64?
        while true {
            switch try await next(within: .seconds(60)) {
            case .event(nil, "closing", let data): code = try JSON.parse(Array(data.utf8))["d"]?["code"]?.int
            case .ended: return code
            default: continue
            }
        }
    }
}
