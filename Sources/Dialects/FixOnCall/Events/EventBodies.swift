import HTTPTypes
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// From where on, and in which way, somebody wants to hear his events.
struct EventQuery {
    /// How long a poll may wait, in seconds (realtime.md §3.12).
    static let patience = 0...25

    /// What the client says he has received; it is a receipt.
    let received: Int64?
    /// Where he wants to begin; it is none.
    let since: Int64?
    /// Seconds; nil asks for a stream.
    let wait: Int?

    init(_ request: Request) throws(RoadsideError) {
        var query = QueryFields(request)
        since = query.optionalInt("since", in: 0...Int.max).map { Int64($0) }
        let wait = query.optionalInt("wait", in: Self.patience)
        let id = request.headers[.lastEventID] ?? ""
        received = Int64(id).flatMap { $0 >= 0 ? $0 : nil }
        if received == nil, !id.isEmpty { query.issue("Last-Event-ID", "must be the id of an event") }
        try query.finish()
        let wantsStream = request.headers[values: .accept].contains {
            $0.lowercased().contains(EventRoutes.streamType)
        }
        self.wait = wantsStream ? nil : wait
    }
}

/// A receipt: everything up to there has arrived.
struct AcknowledgementBody {
    let seq: Int64

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let seq = fields.optionalInt("s", in: 0...Int.max)
        if !fields.has("s") { fields.issue("s", "is required") }
        try fields.finish()
        self.seq = Int64(seq ?? 0)
    }
}

extension HTTPField.Name {
    fileprivate static let lastEventID = HTTPField.Name("Last-Event-ID")!
}
