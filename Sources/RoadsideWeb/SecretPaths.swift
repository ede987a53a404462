/// Paths that end in a secret, and how they are told to logs and answers: without it.
public struct SecretPaths: Sendable {
    private let prefixes: [String]

    /// - Parameter prefixes: what comes before the secret: `/shared/`.
    public init(_ prefixes: [String] = []) { self.prefixes = prefixes }

    /// The path with `***` for whatever follows a prefix, and for every segment that might be a token of 256 bits, whatever
    /// comes before it: an address may be spelled in several ways, and none of them may end in a log.
    public func hidden(_ path: String) -> String {
        if let prefix = prefixes.first(where: path.hasPrefix), path.utf8.count > prefix.utf8.count {
            return prefix + "***"
        }
        // Nearly every path is shorter than a token.
        guard path.utf8.count > Self.tokenSize else { return path }
        return path.split(separator: "/", omittingEmptySubsequences: false)
            .map { Self.mayBeToken($0) ? "***" : String($0) }.joined(separator: "/")
    }

    /// As many characters of base64url as no id of ours has: a UUID has 36, a token 43.
    private static func mayBeToken(_ segment: Substring) -> Bool {
        segment.utf8.count >= tokenSize
            && segment.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static let tokenSize = 40
}
