public import BSON
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
        secret = NSTemporaryDirectory() + "fixoncall-rsa-\(ObjectID().hex).pem"
        _ = try Self.run(["genrsa", "-out", secret, "2048"])
        pem = String(decoding: try Self.run(["rsa", "-in", secret, "-pubout"]), as: UTF8.self)
        // `Modulus=C0FFEE…`
        let text = String(decoding: try Self.run(["rsa", "-in", secret, "-noout", "-modulus"]), as: UTF8.self)
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
        Array(try Self.run(["dgst", "-sha256", "-sign", secret], input: Data(text.utf8)))
    }

    static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }

    private static func run(_ arguments: [String], input: Data = Data()) throws -> Data {
        let process = Process()
        let (standardInput, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: openssl)
        process.arguments = arguments
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: input)
        try standardInput.fileHandleForWriting.close()
        let result = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw UnexpectedAnswer(description: "openssl \(arguments.first ?? "") failed")
        }
        return result
    }
}
