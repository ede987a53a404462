import BSON
import Foundation
import Gateways
import Logging
import Roadside
import RoadsideRules
import Testing

@Suite struct AccountsTokensTests {
    private let issued = Date(timeIntervalSince1970: 1_800_000_000)

    private func caller(lifetime: TimeInterval = 900) -> Caller {
        Caller(
            userID: ObjectID(), role: .provider, sessionID: ObjectID(), sessionVersion: 3,
            expiresAt: issued.addingTimeInterval(lifetime))
    }

    private func tokens(_ key: Secrets.Key? = nil, retired: [Secrets.Key] = []) async throws -> JWTAccessTokens {
        await JWTAccessTokens(try Secrets.KeyRing(current: key ?? .test("t1"), retired: retired))
    }

    private func refused(_ token: String, by tokens: JWTAccessTokens, at now: Date? = nil) async -> Bool {
        do {
            _ = try await tokens.verify(token, now: now ?? issued)
            return false
        } catch {
            return error.code == .invalidToken
        }
    }

    @Test("a token says who is asking, in whole seconds and canonical words")
    func saysWho() async throws {
        let caller = caller()
        let token = try await tokens().sign(caller, issuedAt: issued.addingTimeInterval(0.4))
        #expect(try await tokens().verify(token, now: issued) == caller)
        let claims = try JSON.parse(try #require(Data(base64Padding: token.split(separator: ".")[1])))
        #expect(claims["role"]?.string == "provider")
        #expect(claims["sub"]?.string == caller.userID.hex && claims["sid"]?.string == caller.sessionID.hex)
        #expect(claims["sv"] == .int(3) && claims["exp"] == .int(1_800_000_900) && claims["iat"] == .int(1_800_000_000))
        #expect(claims["typ"]?.string == "access")
    }

    @Test("T14: no algorithm, another algorithm, or one we were told to use is refused")
    func algorithms() async throws {
        let tokens = try await tokens()
        let parts = try await tokens.sign(caller(), issuedAt: issued).split(separator: ".").map(String.init)
        let headers = [
            #"{"alg":"none","kid":"t1"}"#, #"{"alg":"None","kid":"t1"}"#, #"{"alg":"nOnE","kid":"t1"}"#,
            #"{"kid":"t1"}"#,
            #"{"alg":"HS384","kid":"t1"}"#, #"{"alg":"RS256","kid":"t1"}"#, #"{"alg":["HS256"],"kid":"t1"}"#,
            #"{"alg":"HS256"}"#, #"{"alg":"HS256","kid":"../../dev/null"}"#, #"{"alg":"HS256","kid":1}"#,
            #"{"alg":"HS256","kid":"t1","crit":["b64"]}"#, #"{"alg":"HS256","kid":"t1","typ":"refresh"}"#, "{}", "[]",
            "",
        ]
        for header in headers {
            let encoded = Data(header.utf8).base64URLText
            #expect(await refused("\(encoded).\(parts[1]).\(parts[2])", by: tokens), "\(header)")
            #expect(await refused("\(encoded).\(parts[1]).", by: tokens), "\(header)")
        }
    }

    @Test("T14: another key under the same name, an unknown name, a changed claim, and half a token are refused")
    func forgeries() async throws {
        let tokens = try await tokens()
        let caller = caller()
        let stranger = try Secrets.Key(id: "t1", bytes: [UInt8](repeating: 9, count: 32))
        #expect(await refused(try await self.tokens(stranger).sign(caller, issuedAt: issued), by: tokens))
        let renamed = try Secrets.Key(id: "t9", bytes: Secrets.Key.test("t1").bytes)
        #expect(await refused(try await self.tokens(renamed).sign(caller, issuedAt: issued), by: tokens))

        let token = try await tokens.sign(caller, issuedAt: issued)
        let parts = token.split(separator: ".").map(String.init)
        let claims = String(decoding: try #require(Data(base64Padding: parts[1])), as: UTF8.self)
        let promoted = Data(claims.replacingOccurrences(of: "provider", with: "admin").utf8).base64URLText
        let texts = [
            "\(parts[0]).\(promoted).\(parts[2])", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "..", "",
            token + ".",
            "\(parts[1]).\(parts[0]).\(parts[2])", token + "=", " " + token, String(repeating: "a", count: 5000),
        ]
        for text in texts { #expect(await refused(text, by: tokens), "\(text.prefix(40))") }
        #expect(try await tokens.verify(token, now: issued) == caller)
    }

    @Test("T14: a token for somebody else's audience or from another issuer is refused")
    func audience() async throws {
        let ring = try Secrets.KeyRing(current: .test("t1"))
        let ours = await JWTAccessTokens(ring)
        let others = [
            await JWTAccessTokens(ring, audience: "another-api"), await JWTAccessTokens(ring, issuer: "somebody"),
        ]
        for other in others {
            #expect(await refused(try await other.sign(caller(), issuedAt: issued), by: ours))
        }
    }

    @Test("a token ends at its time and five seconds, also one that is remembered")
    func expiry() async throws {
        let tokens = try await tokens()
        let token = try await tokens.sign(caller(), issuedAt: issued)
        for _ in 1...2 {
            _ = try await tokens.verify(token, now: issued.addingTimeInterval(904))
            #expect(await refused(token, by: tokens, at: issued.addingTimeInterval(905)))
        }
        let fresh = try await self.tokens()
        #expect(await refused(token, by: fresh, at: issued.addingTimeInterval(905)))
        #expect(await refused(token, by: fresh, at: issued.addingTimeInterval(-6)))
    }

    @Test("a token of a retired key is read until it ends, and new ones carry the new key")
    func rotation() async throws {
        let caller = caller()
        let old = try await tokens().sign(caller, issuedAt: issued)
        let rotated = try await tokens(.test("t2"), retired: [.test("t1")])
        #expect(try await rotated.verify(old, now: issued) == caller)
        let new = try await rotated.sign(caller, issuedAt: issued)
        #expect(await refused(new, by: try await tokens()))
    }

    @Test("codes of development lie in a file that only its owner reads, and are found by address")
    func outbox() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("outbox-\(ObjectID().hex).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try OutboxFile.codes(for: "a@example.com", path: path).isEmpty)
        let outbox = OutboxFile(
            path: path, clock: { [issued] in issued },
            logger: Logger(label: "outbox-tests", factory: { _ in SwiftLogNoOpLogHandler() }))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let address =
                        number < 10 ? ContactAddress(email: "a@example.com") : ContactAddress(phone: "+254712000011")
                    let until = issued.addingTimeInterval(600)
                    await outbox.deliver(
                        Letter(to: address, .code("00000\(number % 10)", .reset, expiresAt: until)))
                    await outbox.deliver(Letter(to: address, .notice(.passwordChanged)))
                }
            }
        }
        let mail = try OutboxFile.codes(for: "A@Example.com", path: path)
        #expect(Set(mail.map(\.code)).count == 10 && mail.allSatisfy { $0.purpose == "reset" })
        #expect(mail.allSatisfy { $0.sentAt == issued && $0.expiresAt == issued.addingTimeInterval(600) })
        #expect(try OutboxFile.codes(for: "0712 000 011", path: path).count == 10)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
    }
}

extension Data {
    fileprivate var base64URLText: String {
        base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    fileprivate init?(base64Padding text: some StringProtocol) {
        let standard = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        self.init(base64Encoded: standard + String(repeating: "=", count: (4 - standard.count % 4) % 4))
    }
}
