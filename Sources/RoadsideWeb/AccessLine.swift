import BSON
import Telemetry

/// What one request came to, as its one line of the log tells it (promise D36, operations.md §5.1).
///
/// The route is told as its template and never as its path: ids, and what somebody puts into a path or a query, stay out.
struct AccessLine {
    /// Empty when no route matched.
    var route = ""
    var method = ""
    var status = 0
    var elapsed = Duration.zero
    /// Nanoseconds that calls of the database waited and took; nil where there were none.
    var waited: Int?
    var worked: Int?
    /// Bytes of the answer; nil for one whose length was not known before it was sent.
    var bytes: Int?
    var notes = RequestRecord.Notes()
    /// Without its last part; see ``ClientAddress``.
    var address = ""

    func write(into line: inout JSONWriter) {
        line.member("route", route.isEmpty ? "(none)" : route)
        line.member("method", Self.known(method))
        line.member("status", .int(Int64(status)))
        line.member("dur_ms", Self.milliseconds(elapsed.nanoseconds))
        if let waited { line.member("queue_ms", Self.milliseconds(waited)) }
        if let worked { line.member("db_ms", Self.milliseconds(worked)) }
        if let bytes { line.member("bytes", .int(Int64(bytes))) }
        if let code = notes.code { line.member("code", code) }
        if let user = notes.user { line.member("user", user) }
        if let role = notes.role { line.member("role", role) }
        line.member("ip", address)
    }

    /// One hundredth of a millisecond is as fine as a log reader needs.
    static func milliseconds(_ nanoseconds: Int) -> JSON { .decimal(minorUnits: Int64(nanoseconds / 10_000), scale: 2) }

    /// Whether the route is one that balancers and supervisors ask: its 503 is an answer, and no failure.
    static func isProbe(_ route: String) -> Bool { route == "/health/ready" || route == "/health/live" }

    /// The method, when it is one that HTTP knows: a client may send any word.
    static func known(_ method: String) -> String {
        switch method {
        case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS": method
        default: "other"
        }
    }
}
