/// The origin of a page as browsers write it: scheme, host and port (RFC 6454 §6.2). `null` is none.
struct WebOrigin: Sendable, Hashable {
    let scheme: String
    /// Lower-cased; IPv6 in brackets.
    let host: String
    /// The scheme's own where none is written; nil where it has none.
    let port: Int?

    init?(_ text: String) {
        guard let mark = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<mark.lowerBound].lowercased()
        guard !scheme.isEmpty, let place = Self.place(text[mark.upperBound...]) else { return nil }
        self.scheme = scheme
        host = place.host
        port = place.port ?? Self.ports[scheme]
    }

    /// Whether the page comes from the server that a request with this `Host` is for. Behind a proxy the scheme is not
    /// known, so it is not asked for.
    func isOf(host authority: String) -> Bool {
        guard let own = Self.ports[scheme], let place = Self.place(authority[...]) else { return false }
        return place.host == host && (place.port ?? own) == port
    }

    /// Whether the page comes from the very machine that shows it.
    var isLoopback: Bool {
        guard Self.ports[scheme] != nil else { return false }
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }

    private static func place(_ text: Substring) -> (host: String, port: Int?)? {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x21...0x7E).contains(byte) && !"/\\?#@,;\"<>{}|^`".utf8.contains(byte)
        }
        guard isPlain else { return nil }
        let end = text.hasPrefix("[") ? text.firstIndex(of: "]").map(text.index(after:)) : text.firstIndex(of: ":")
        let host = text[..<(end ?? text.endIndex)].lowercased()
        let rest = text[(end ?? text.endIndex)...]
        guard !host.isEmpty, !host.hasPrefix("[") || host.hasSuffix("]") else { return nil }
        if rest.isEmpty { return (host, nil) }
        guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()) else { return nil }
        return (host, Int(port))
    }

    /// Some libraries name themselves by the scheme of the socket.
    private static let ports = ["http": 80, "https": 443, "ws": 80, "wss": 443]
}
