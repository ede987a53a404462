import Foundation

/// Where an address of the settings leads, as far as it says so itself (threat T24).
///
/// Names are not resolved here: another answer may come a minute later. Where Google's keys are asked for is judged again when it
/// is resolved (``address(of:allowed:)``). A router and a mail server are the operator's own and may be inside: a name of
/// theirs is taken at its word.
public enum OutsideHost: Sendable, Hashable {
    /// A name, or an address that everybody may reach.
    case outside
    /// This machine, or the networks of RFC 1918, RFC 4193 and RFC 6598.
    case inside
    /// The link itself, where clouds keep what a machine may know of itself, and its keys; and addresses of nobody.
    case link

    /// - Parameter address: with a scheme: `https://host:1/path`; nil for what has no host.
    public init?(of address: String) {
        guard let host = URLComponents(string: address)?.host, !host.isEmpty else { return nil }
        self.init(host: host)
    }

    init(host: String) {
        let plain = host.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: "[]."))
        if let parts = Self.parts(of: plain) {
            self = Self.kind(of: parts)
        } else if plain.contains(":") {
            self = Self.kind(ofSix: plain)
        } else if plain == "localhost" || plain.hasSuffix(".localhost") {
            self = .inside
        } else if plain == "metadata" || plain == "metadata.google.internal" {
            self = .link
        } else {
            self = .outside
        }
    }

    /// The four parts of an IPv4 address in any spelling that resolvers take: fewer parts, octal, hexadecimal.
    private static func parts(of host: String) -> [UInt32]? {
        let words = host.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...4).contains(words.count) else { return nil }
        let numbers = words.compactMap { word -> UInt32? in
            if word.hasPrefix("0x") { return UInt32(word.dropFirst(2), radix: 16) }
            return word.count > 1 && word.hasPrefix("0") ? UInt32(word, radix: 8) : UInt32(word)
        }
        guard numbers.count == words.count, let last = numbers.last, numbers.dropLast().allSatisfy({ $0 < 256 }) else {
            return nil
        }
        let head = Array(numbers.dropLast())
        let rest = (0..<4 - head.count).reversed().map { last >> UInt32(8 * $0) & 255 }
        return head + rest
    }

    private static func kind(of parts: [UInt32]) -> OutsideHost {
        switch (parts[0], parts[1]) {
        case (169, 254), (0, _), (224..., _): .link
        case (10, _), (127, _), (192, 168), (172, 16...31), (100, 64...127): .inside
        default: .outside
        }
    }

    private static func kind(ofSix host: String) -> OutsideHost {
        if let place = host.lastIndex(of: ":"), let parts = parts(of: String(host[host.index(after: place)...])),
            host.hasPrefix("::ffff:") || host.hasPrefix("64:ff9b::"), host.contains(".")
        {
            return kind(of: parts)
        }
        let first = host.split(separator: ":", omittingEmptySubsequences: false).first.flatMap { UInt16($0, radix: 16) }
        switch first {
        case nil: return host == "::1" ? .inside : .link
        case (0xFE80...0xFEBF)?, (0xFF00...0xFFFF)?: return .link
        case (0xFC00...0xFDFF)?: return .inside
        default: return .outside
        }
    }
}
