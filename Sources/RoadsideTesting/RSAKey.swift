public import BSON
import EmbeddedMongo
import Foundation

/// An RSA key of 2048 bits, made when it is needed and used by the machine's OpenSSL: nothing of ours signs with such.
public struct RSAKey: Sendable {
    static let openssl = "/usr/bin/openssl"

    /// Its name among others.
    public let id: String
    /// The public half as others publish it.
    public let pem: String
    private let secret: String
    private let modulus: String

    public init(_ id: String) throws {
        self.id = id
        secret = Self.freshPath()
        try Self.run(["genrsa", "-out", secret, "2048"])
        pem = String(decoding: try Self.output(of: ["rsa", "-in", secret, "-pubout"]), as: UTF8.self)
        // `Modulus=C0FFEE…`
        let text = String(decoding: try Self.output(of: ["rsa", "-in", secret, "-noout", "-modulus"]), as: UTF8.self)
        let digits = text.split(separator: "=").last?.filter(\.isHexDigit) ?? ""
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { offset in
            UInt8(digits.dropFirst(offset).prefix(2), radix: 16)
        }
        modulus = Self.base64URL(bytes)
    }

    /// As a key set shows it.
    public var json: JSON {
        [
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": .string(id), "n": .string(modulus), "e": "AQAB",
        ]
    }

    /// RSASSA-PKCS1-v1_5 over SHA-256.
    func sign(_ text: String) throws -> [UInt8] {
        let input = Self.freshPath()
        try Data(text.utf8).write(to: URL(fileURLWithPath: input))
        defer { try? FileManager.default.removeItem(atPath: input) }
        return Array(try Self.output(of: ["dgst", "-sha256", "-sign", secret], [input]))
    }

    static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    /// What it writes, to a file: what a child prints is thrown away.
    private static func output(of arguments: [String], _ inputs: [String] = []) throws -> Data {
        let output = freshPath()
        defer { try? FileManager.default.removeItem(atPath: output) }
        try run(arguments + ["-out", output] + inputs)
        return try Data(contentsOf: URL(fileURLWithPath: output))
    }

    private static func run(_ arguments: [String]) throws {
        guard try ChildProcess.start([openssl] + arguments).wait() == 0 else {
            throw UnexpectedAnswer(description: "openssl \(arguments.first ?? "") failed")
        }
    }

    private static func freshPath() -> String { NSTemporaryDirectory() + "fixoncall-rsa-\(ObjectID().hex)" }
}
