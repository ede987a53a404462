import BSON
import Foundation

/// A JSON Web Token taken apart, strictly: three parts in the alphabet of RFC 4648 §5 without padding, the first two of them
/// objects without repeated members.
struct TokenParts {
    let header: JSON
    let signature: Data

    private static let limits = JSON.Limits(allowsRepeats: false)

    init?(_ token: String) {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Data(base64URL: parts[0]), let claims = Data(base64URL: parts[1]),
            let signature = Data(base64URL: parts[2]), let json = Self.object(header), Self.object(claims) != nil
        else { return nil }
        self.header = json
        self.signature = signature
    }

    /// An object that says nothing twice: two readers of one that does may each believe another half of it.
    private static func object(_ bytes: Data) -> JSON? {
        guard let json = try? JSON.parse(bytes, limits: limits), json.object != nil else { return nil }
        return json
    }

    /// The name of the key, of a token of this algorithm that asks us to understand nothing besides.
    func kid(for algorithm: String) -> String? {
        guard header["alg"]?.string == algorithm, header["crit"] == nil,
            header["typ"] == nil || header["typ"]?.string == "JWT"
        else { return nil }
        return header["kid"]?.string
    }
}

extension Data {
    /// Nothing unless every character belongs to the alphabet of RFC 4648 §5, without padding.
    fileprivate init?(base64URL text: Substring.UTF8View) {
        var standard: [UInt8] = []
        standard.reserveCapacity(text.count + 3)
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): standard.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): standard.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            default: standard.append(byte)
            }
        }
        while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
        self.init(base64Encoded: Data(standard))
    }
}
