public import HTTPTypes
import Roadside

/// The proxies in front of the server whose word counts about where a request comes from (trust.md T28). Nobody else's
/// does: anybody can write `X-Forwarded-For`.
public struct TrustedProxies: Sendable {
    private let networks: [(prefix: NetworkAddress, bits: Int)]

    /// None: the peer is the client.
    public init() { networks = [] }

    /// - Parameter texts: addresses and networks, such as `10.0.0.7`, `10.0.0.0/8` or `fd00::/8`; nil when one is
    ///   neither.
    public init?(_ texts: [String]) {
        var networks: [(NetworkAddress, Int)] = []
        for text in texts {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let address = NetworkAddress(String(parts[0])) else { return nil }
            guard let bits = parts.count == 1 ? address.bitCount : Int(parts[1]), (0...address.bitCount).contains(bits)
            else { return nil }
            networks.append((address.prefix(bits), bits))
        }
        self.networks = networks
    }

    /// Whether there are any.
    public var isEmpty: Bool { networks.isEmpty }

    /// The client's address: the peer's own unless it is a trusted proxy, else the right-most in `X-Forwarded-For` that
    /// is none. What stands to the left of that is what the client himself has said.
    ///
    /// - Parameter peer: who has opened the connection.
    /// - Returns: nil when it is the peer.
    public func client(behind peer: String, _ headers: HTTPFields) -> String? {
        guard !networks.isEmpty, let address = NetworkAddress(peer), trusts(address) else { return nil }
        let hops = headers[values: .xForwardedFor].flatMap { $0.split(separator: ",") }
        for hop in hops.reversed() {
            // A proxy that writes what is no address has lost its place in the chain.
            guard let text = Self.withoutPort(hop), let address = NetworkAddress(text) else { return nil }
            if !trusts(address) { return text }
        }
        return nil
    }

    private func trusts(_ address: NetworkAddress) -> Bool {
        networks.contains { address.bitCount == $0.prefix.bitCount && address.prefix($0.bits) == $0.prefix }
    }

    /// `192.0.2.7`, `192.0.2.7:1234`, `2001:db8::7`, `[2001:db8::7]` or `[2001:db8::7]:1234`.
    private static func withoutPort(_ hop: Substring) -> String? {
        let hop = String(hop.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        if hop.first == "[" {
            return hop.firstIndex(of: "]").map { String(hop[hop.index(after: hop.startIndex)..<$0]) }
        }
        let parts = hop.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : hop
    }
}

extension HTTPField.Name {
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
}
