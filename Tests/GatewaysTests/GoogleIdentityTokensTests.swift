import BSON
import Foundation
import Gateways
import Logging
import Roadside
import RoadsideTesting
import Synchronization
import Testing

@Suite("T17: tokens of Google, made for us and nobody else", .enabled(if: FakeGoogle.isAvailable), .serialized)
struct GoogleIdentityTokensTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func tokens(
        _ google: FakeGoogle, at address: String? = nil, isInsideAllowed: Bool = true, clock: MovingClock? = nil
    ) -> GoogleIdentityTokens {
        GoogleIdentityTokens(
            clients: [FakeGoogle.client, "second.apps.example.com"], keysAddress: address ?? google.keysAddress,
            isInsideAllowed: isInsideAllowed,
            clock: { [now] in clock?.now ?? now },
            logger: Logger(label: "google-tests", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func code(_ tokens: GoogleIdentityTokens, _ token: String, nonce: String? = nil) async -> ErrorCode? {
        do {
            _ = try await tokens.verify(token, nonce: nonce, now: now)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("a token says who somebody is; addresses of Google's own count as Google's word")
    func good() async throws {
        let google = try await FakeGoogle()
        let tokens = tokens(google)
        let claims = FakeGoogle.claims("1001", "Wanjiku@Gmail.com", at: now)
        let identity = try await tokens.verify(try google.token(claims), nonce: nil, now: now)
        #expect(identity.subject == "1001" && identity.email == "wanjiku@gmail.com" && identity.isAuthoritative)
        #expect(identity.name == "Wanjiku Kamau")
        let elsewhere = FakeGoogle.claims("1002", "wanjiku@example.com", at: now)
        let outside = try await tokens.verify(try google.token(elsewhere), nonce: nil, now: now)
        #expect(!outside.isAuthoritative)
        let hosted = try google.token(elsewhere.adding("hd", "example.com").adding("email_verified", "true"))
        #expect(try await tokens.verify(hosted, nonce: nil, now: now).isAuthoritative)
        #expect(google.visits == 1, "keys are kept")
        try await google.stop()
    }

    @Test("one wrong claim and it does not count")
    func claims() async throws {
        let google = try await FakeGoogle()
        let tokens = tokens(google)
        let good = FakeGoogle.claims("1001", "wanjiku@gmail.com", at: now)
        let seconds = Int64(now.timeIntervalSince1970)
        let wrong: [(String, JSON)] = [
            ("iss", "https://accounts.google.com.evil.example"), ("iss", "accounts.example.com"), ("iss", nil),
            ("aud", "another.apps.example.com"), ("aud", []), ("aud", nil),
            ("aud", [.string(FakeGoogle.client), "another.apps.example.com"]), ("azp", "another.apps.example.com"),
            ("exp", .int(seconds - 61)), ("exp", nil), ("exp", "1900000000"), ("iat", .int(seconds + 61)),
            ("iat", nil), ("iat", .int(seconds + 7200)), ("sub", ""), ("sub", nil), ("sub", 1001),
            ("sub", .string(String(repeating: "1", count: 256))), ("sub", "10 01"), ("email", nil),
            ("email", "nobody"), ("email_verified", false), ("email_verified", "false"), ("email_verified", nil),
            ("email_verified", 1),
        ]
        for (name, value) in wrong {
            let refused = await code(tokens, try google.token(good.adding(name, value)))
            #expect(refused == .invalidCredentials, "\(name) = \(value.text)")
        }
        for (name, value) in [
            ("aud", ["second.apps.example.com"]), ("iss", "accounts.google.com"), ("iat", .int(seconds + 59)),
            ("azp", nil),
        ] as [(String, JSON)] {
            #expect(await code(tokens, try google.token(good.adding(name, value))) == nil, "\(name) = \(value.text)")
        }
        let ending = good.adding("iat", .int(seconds - 3600)).adding("exp", .int(seconds - 59))
        #expect(await code(tokens, try google.token(ending)) == nil)
        #expect(await code(tokens, try google.token(ending.adding("exp", .int(seconds - 60)))) == .invalidCredentials)
        let nonce = try google.token(good.adding("nonce", "n-1"))
        #expect(await code(tokens, nonce, nonce: "n-1") == nil)
        #expect(await code(tokens, nonce, nonce: "n-2") == .invalidCredentials)
        #expect(await code(tokens, nonce) == .invalidCredentials)
        #expect(await code(tokens, try google.token(good), nonce: "n-1") == .invalidCredentials)
        try await google.stop()
    }

    @Test("T14: another algorithm, another key, another header or a changed part is no token of Google's")
    func forged() async throws {
        let google = try await FakeGoogle()
        let tokens = tokens(google)
        let claims = FakeGoogle.claims("1001", "wanjiku@gmail.com", at: now)
        let stranger = try RSAKey("key-1")
        #expect(await code(tokens, try google.token(claims, signedBy: stranger)) == .invalidCredentials)
        let headers: [JSON] = [
            ["alg": "none", "kid": "key-1"], ["alg": "HS256", "kid": "key-1"], ["alg": "RS384", "kid": "key-1"],
            ["alg": "rs256", "kid": "key-1"], ["alg": "RS256"], ["alg": "RS256", "kid": 1],
            ["alg": "RS256", "kid": "key-1", "crit": ["b64"]], ["alg": "RS256", "kid": "key-1", "typ": "at+jwt"],
            ["kid": "key-1"],
        ]
        for header in headers {
            let refused = await code(tokens, try google.token(claims, header: header))
            #expect(refused == .invalidCredentials, "\(header.text)")
        }
        let token = try google.token(claims)
        let parts = token.split(separator: ".").map(String.init)
        let other = try google.token(claims.adding("sub", "1002")).split(separator: ".").map(String.init)
        for text in [
            "", "x", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(other[1]).\(parts[2])",
            token + ".", token + "=", String(repeating: "a", count: 5000),
        ] {
            #expect(await code(tokens, text) == .invalidCredentials, "\(text.prefix(40))")
        }
        try await google.stop()
    }

    @Test("a new key is found, forged names of keys do not make us ask, and an outage costs nobody who has signed in")
    func keys() async throws {
        let google = try await FakeGoogle()
        let clock = MovingClock(now)
        let tokens = tokens(google, clock: clock)
        let claims = FakeGoogle.claims("1001", "wanjiku@gmail.com", at: now)
        let first = try google.token(claims)
        #expect(await code(tokens, first) == nil && google.visits == 1)

        let next = try RSAKey("key-2")
        for number in 1...20 {
            let forged = try google.token(
                claims, header: ["alg": "RS256", "kid": .string("forged-\(number)"), "typ": "JWT"])
            #expect(await code(tokens, forged) == .invalidCredentials)
        }
        #expect(google.visits == 1, "an unknown key is asked for once a minute")
        google.publish { $0.keys = [next] }
        clock.advance(60)
        let second = try google.token(claims, signedBy: next)
        #expect(await code(tokens, second) == nil && google.visits == 2)
        #expect(await code(tokens, first) == .invalidCredentials, "a key that was withdrawn counts no more")

        google.publish { $0.status = 503 }
        clock.advance(2 * 3600)
        #expect(await code(tokens, second) == nil && google.visits == 3, "the last keys go on to serve")
        try await google.stop()
    }

    @Test(
        "T24: a name that leads to a machine of our own is not asked, unless in a test; nor is one that leads nowhere")
    func inside() async throws {
        let google = try await FakeGoogle()
        let token = try google.token(FakeGoogle.claims("1001", "wanjiku@gmail.com", at: now))
        let named = google.keysAddress.replacing("127.0.0.1", with: "localhost")
        for address in [named, google.keysAddress] {
            #expect(await code(tokens(google, at: address, isInsideAllowed: false), token) == .overloaded)
        }
        #expect(google.visits == 0)
        let nowhere = google.keysAddress.replacing("127.0.0.1", with: "keys.invalid")
        #expect(await code(tokens(google, at: nowhere), token) == .overloaded)
        #expect(await code(tokens(google, at: named), token) == nil)
        #expect(google.visits == 1)
        try await google.stop()
    }

    @Test("T24: redirects are not followed; without any key nobody is refused for good, and many ask once")
    func outage() async throws {
        let google = try await FakeGoogle()
        google.publish {
            $0.status = 302
            $0.headers = [("location", "http://127.0.0.1:1/")]
        }
        let clock = MovingClock(now)
        let tokens = tokens(google, clock: clock)
        let token = try google.token(FakeGoogle.claims("1001", "wanjiku@gmail.com", at: now))
        #expect(await code(tokens, token) == .overloaded && google.visits == 1)
        google.publish {
            $0.status = 200
            $0.headers = []
        }
        clock.advance(5)
        let outcomes = await withTaskGroup(of: ErrorCode?.self) { group in
            for _ in 1...20 { group.addTask { await code(tokens, token) } }
            return await group.reduce(into: [ErrorCode?]()) { $0.append($1) }
        }
        #expect(outcomes.allSatisfy { $0 == nil } && outcomes.count == 20 && google.visits == 2)
        try await google.stop()
    }
}

private final class MovingClock: Sendable {
    private let date: Mutex<Date>

    init(_ date: Date) { self.date = Mutex(date) }

    var now: Date { date.withLock { $0 } }

    func advance(_ seconds: TimeInterval) { date.withLock { $0 += seconds } }
}
