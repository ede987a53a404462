/// Why a socket ends, as the pair of code and reason which the closing frame carries.
public struct Disconnect: Error, Sendable, Hashable {
    /// Code of RFC 6455 §7.4, or one of ours in 4000…4999.
    public let code: UInt16
    /// At most 123 UTF-8 bytes (RFC 6455 §5.5); longer text is cut at a character.
    public let reason: String

    public init(code: UInt16, reason: String) {
        self.code = code
        self.reason = Self.shortened(reason)
    }

    /// The same end with words for this one case.
    public func because(_ reason: String) -> Disconnect {
        Disconnect(code: code, reason: reason)
    }

    private static func shortened(_ reason: String) -> String {
        guard reason.utf8.count > 123 else { return reason }
        var kept = ""
        var size = 0
        for character in reason {
            size += character.utf8.count
            if size > 123 { break }
            kept.append(character)
        }
        return kept
    }
}

extension Disconnect {
    public static let done = Disconnect(code: 1000, reason: "done")
    public static let protocolError = Disconnect(code: 1002, reason: "protocol error")
    public static let unsupported = Disconnect(code: 1003, reason: "text only")
    public static let invalidUTF8 = Disconnect(code: 1007, reason: "invalid UTF-8")
    public static let tooBig = Disconnect(code: 1009, reason: "message too big")
    public static let restart = Disconnect(code: 1012, reason: "server restarting")
    public static let overloaded = Disconnect(code: 1013, reason: "overloaded")
    public static let badMessages = Disconnect(code: 4400, reason: "bad messages")
    public static let tokenExpired = Disconnect(code: 4401, reason: "token expired")
    public static let revoked = Disconnect(code: 4403, reason: "revoked")
    public static let slow = Disconnect(code: 4008, reason: "too slow")
    public static let heartbeat = Disconnect(code: 4009, reason: "heartbeat missed")
    public static let replaced = Disconnect(code: 4010, reason: "replaced by a newer socket")
    public static let rateLimited = Disconnect(code: 4029, reason: "too many messages")
}

extension Disconnect {
    /// ``restart`` with a hint when to come back: a whole second, another for each, so that they do not come all at once.
    static var restartSoon: Disconnect {
        restart.because("\(restart.reason) retry=\(Int.random(in: 0...5))")
    }

    /// The codes a peer may put into a closing frame: RFC 6455 §7.4.1 with the later registrations 1012 to 1014, and
    /// the private ranges of §7.4.2.
    static func mayBeSent(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
