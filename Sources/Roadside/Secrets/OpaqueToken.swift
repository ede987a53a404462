import Crypto
import Foundation

/// What goes on with a session or opens a socket without saying anything: 256 random bits, of which the database keeps
/// only the SHA-256.
struct OpaqueToken: Sendable {
    static let byteCount = 32

    /// 43 characters of base64url.
    let text: String
    /// What the database holds.
    let hash: [UInt8]

    /// - Parameter bytes: 32 unpredictable ones.
    init(bytes: [UInt8]) {
        let encoded = Data(bytes).base64EncodedString()
        text = String(
            encoded.utf8.lazy.compactMap { byte -> Character? in
                switch byte {
                case UInt8(ascii: "+"): "-"
                case UInt8(ascii: "/"): "_"
                case UInt8(ascii: "="): nil
                default: Character(UnicodeScalar(byte))
                }
            })
        hash = Array(SHA256.hash(data: Data(text.utf8)))
    }

    /// Nothing for a text that cannot be one, which so never reaches the database.
    init?(_ text: String) {
        guard text.utf8.count == 43, text.utf8.allSatisfy(OpaqueToken.isBase64URL) else { return nil }
        self.text = text
        hash = Array(SHA256.hash(data: Data(text.utf8)))
    }

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
