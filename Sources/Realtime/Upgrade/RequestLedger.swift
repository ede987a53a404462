/// Which requests of a connection have come and been answered, and after which answer the connection ends.
///
/// Responses leave in the order of their requests (HTTP/1.1 pipelining), so numbers are enough.
struct RequestLedger {
    private(set) var requests = 0
    private(set) var responses = 0
    /// The number of the request whose response is the last.
    private(set) var last: Int?
    /// True between the head and the end of a request.
    private(set) var isReading = false
    /// True between the head and the end of a response.
    private(set) var isResponding = false
    /// True when what comes in belongs to a request which is not served.
    private(set) var isDiscarding = false

    var isIdle: Bool { requests == responses && !isReading }
    /// True when the newest request is the only one without an answer, and none of it has been sent.
    var isNextAnswerUnbegun: Bool { !isResponding && requests == responses + 1 }
    var isOver: Bool { last.map { $0 <= responses } ?? false }

    /// False when nobody will answer: the request stands behind one which ends the connection (RFC 9112 §9.6).
    mutating func admits() -> Bool {
        if last != nil { isDiscarding = true }
        return !isDiscarding
    }

    mutating func begin(endsConnection: Bool) {
        requests += 1
        isReading = true
        if endsConnection { last = requests }
    }

    mutating func endRequest() {
        isReading = false
    }

    /// Serves what has come so far and nothing more.
    mutating func endAfterCurrent() {
        last = last ?? requests
    }

    mutating func discardRest() {
        isDiscarding = true
        endAfterCurrent()
    }

    /// True when the response which begins now is the last; `closes` says that the server itself wants the end.
    mutating func beginResponse(closes: Bool) -> Bool {
        isResponding = true
        if closes { last = responses + 1 }
        return last == responses + 1
    }

    mutating func endResponse() {
        responses += 1
        isResponding = false
    }
}
