import BSON
import Crypto
import Foundation
import Gateways
import Roadside
import RoadsideRules
import Testing

@Suite("T14: tokens that look like ours")
struct ForgedTokensTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let user = ObjectID().hex
    private static let session = ObjectID().hex

    /// What stands in a good token, a member each.
    private static let claims: [(String, String)] = [
        ("sub", "\"\(user)\""), ("role", "\"customer\""), ("sv", "0"), ("sid", "\"\(session)\""),
        ("exp", "1800000900"), ("iat", "1799999999"), ("iss", "\"fixoncall\""), ("aud", "\"fixoncall-api\""),
        ("typ", "\"access\""),
    ]
    private static let header = #"{"alg":"HS256","kid":"t1","typ":"JWT"}"#

    /// The claims with some of them replaced by other JSON, or left out where it is nil.
    private static func claims(_ changes: [String: String?] = [:], and more: String = "") -> String {
        let members = claims.compactMap { name, value -> String? in
            guard let change = changes[name] else { return "\"\(name)\":\(value)" }
            return change.map { "\"\(name)\":\($0)" }
        }
        return "{\(members.joined(separator: ","))\(more)}"
    }

    private static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func token(_ header: String, _ claims: String, key: [UInt8]) -> String {
        let text = "\(encoded(header.utf8)).\(encoded(claims.utf8))"
        let mac = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key))
        return "\(text).\(encoded(mac))"
    }

    /// Claims that our own key has signed and that say too little, too much or nonsense.
    private static let wrongClaims: [String] = {
        var all: [String] = []
        for (name, _) in claims { all += [claims([name: nil]), claims([name: "null"]), claims([name: "[]"])] }
        for exp in [
            "\"1800000900\"", "1e400", "-1", "0", "1799999000", "1800000900.5", "true", "{\"$gt\":0}",
            "99999999999999999999", "1799999998",
        ] { all.append(claims(["exp": exp])) }
        all += ["\"1799999999\"", "1800000100", "1e400"].map { claims(["iat": $0]) }
        all += ["\"refresh\"", "\"ticket\"", "\"ACCESS\"", "\"\""].map { claims(["typ": $0]) }
        all += ["\"driver\"", "\"superuser\"", "\"Admin\"", "\"\"", "[\"admin\"]"].map { claims(["role": $0]) }
        all += ["\"x\"", "\"\"", "\"../../etc/passwd\"", "{\"$ne\":null}"].map { claims(["sub": $0]) }
        all += ["[\"fixoncall-api\",\"other\"]", "\"fixoncall-api \"", "\"\""].map { claims(["aud": $0]) }
        all += ["\"https://fixoncall\"", "\"FIXONCALL\""].map { claims(["iss": $0]) }
        all += ["\"0\"", "0.5"].map { claims(["sv": $0]) }
        all += [
            claims(and: ",\"nbf\":1800000100"), claims(and: ",\"nbf\":\"soon\""), claims(and: ",\"role\":\"admin\""),
            claims(and: ",\"exp\":1900000000"), claims() + " {}", "[\(claims())]", "null", "\"\"", "", "{", "{}",
            String(repeating: "[", count: 3000),
        ]
        return all
    }()

    /// Headers that our own key has signed and that ask for something else.
    private static let wrongHeaders = [
        #"{"alg":"none","kid":"t1"}"#, #"{"alg":"None","kid":"t1"}"#, #"{"alg":"nOnE","kid":"t1"}"#,
        #"{"alg":"","kid":"t1"}"#, #"{"alg":"HS384","kid":"t1"}"#, #"{"alg":"HS512","kid":"t1"}"#,
        #"{"alg":"RS256","kid":"t1"}"#, #"{"alg":"ES256","kid":"t1"}"#, #"{"alg":"hs256","kid":"t1"}"#,
        #"{"alg":["HS256"],"kid":"t1"}"#, #"{"alg":null,"kid":"t1"}"#, #"{"kid":"t1"}"#, #"{"alg":"HS256"}"#,
        #"{"alg":"HS256","kid":"../../dev/null"}"#, #"{"alg":"HS256","kid":"http://127.0.0.1/key"}"#,
        #"{"alg":"HS256","kid":"t1' OR '1'='1"}"#, #"{"alg":"HS256","kid":"t1\u0000"}"#, #"{"alg":"HS256","kid":""}"#,
        #"{"alg":"HS256","kid":["t1"]}"#, #"{"alg":"HS256","kid":{"$ne":""}}"#, #"{"alg":"HS256","kid":1}"#,
        #"{"alg":"HS256","kid":"t2"}"#, #"{"alg":"HS256","kid":"t1","crit":["exp"]}"#,
        #"{"alg":"HS256","kid":"t1","crit":[]}"#, #"{"alg":"HS256","kid":"t1","typ":"refresh"}"#,
        #"{"alg":"none","alg":"HS256","kid":"t1"}"#, #"{"alg":"HS256","kid":"x","kid":"t1"}"#, "{}", "[]", "null", "",
    ]

    /// What an attacker signs with keys of his own, and what he makes of a token of somebody's.
    private static func strangers(_ good: String, _ key: [UInt8]) -> [String] {
        let parts = good.split(separator: ".").map(String.init)
        let pem = Array(
            "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n".utf8)
        var all = [[0], [], pem, Array("secret".utf8), Array("t1".utf8), key.reversed()].map {
            token(header, claims(), key: $0)
        }
        for name in ["jku", "x5u", "jwk", "x5c"] {
            let asks = #"{"alg":"HS256","kid":"t1","\#(name)":"http://127.0.0.1:1/keys"}"#
            all.append(token(asks, claims(), key: [1, 2, 3]))
        }
        all += [
            "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1])", "\(parts[0])..\(parts[2])",
            ".\(parts[1]).\(parts[2])",
            "\(parts[1]).\(parts[0]).\(parts[2])",
            "\(parts[0]).\(encoded(claims(["role": "\"admin\""]).utf8)).\(parts[2])",
            "\(good).", "\(good)=", " \(good)", "\(good)\n", "\(good).\(parts[2])", good + good, parts[2], "..", ".",
            "",
            "\(parts[0]).\(parts[1]).\(parts[2].dropLast(2))", "\(parts[0]).\(parts[1]).\(parts[2])AA",
            "\(parts[0]).\(parts[1]).\(String(repeating: "A", count: 43))", "Bearer \(good)",
            good.replacing(".", with: "%2E"), String(repeating: "a", count: 5000),
            "\(parts[0]).\(parts[1]).\(parts[2])" + String(repeating: "A", count: 4096),
        ]
        return all
    }

    @Test("T14: of a hundred forgeries none counts, and the token they were made from does")
    func forged() async throws {
        let key = try Secrets.Key.test("t1")
        let tokens = await JWTAccessTokens(try Secrets.KeyRing(current: key))
        let good = Self.token(Self.header, Self.claims(), key: key.bytes)
        let caller = try await tokens.verify(good, now: Self.now)
        #expect(caller.userID.hex == Self.user && caller.role == .customer)
        let forged =
            Self.wrongClaims.map { Self.token(Self.header, $0, key: key.bytes) }
            + Self.wrongHeaders.map { Self.token($0, Self.claims(), key: key.bytes) }
            + Self.strangers(good, key.bytes)
        #expect(Set(forged).count >= 100)
        for (index, text) in forged.enumerated() {
            let error = await #expect(throws: RoadsideError.self, "\(index): \(text)") {
                try await tokens.verify(text, now: Self.now)
            }
            #expect(error?.code == .invalidToken, "\(index): \(text)")
        }
    }
}
