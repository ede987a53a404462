import Foundation
import Testing

@testable import Roadside

@Suite struct AccountsSecretsTests {
    @Test("a sealed text opens in its own place only, and not when a bit of it changed")
    func sealing() throws {
        let sealer = Sealer(try Secrets.KeyRing(current: .test("s1")))
        let sealed = try sealer.seal("123456", for: "inbox:a")
        #expect(!sealed.contains("123456"))
        #expect(sealer.open(sealed, for: "inbox:a") == "123456")
        #expect(sealer.open(sealed, for: "inbox:b") == nil)
        #expect(try sealer.seal("123456", for: "inbox:a") != sealed)
        var bytes = Array(sealed.utf8)
        for index in [0, 5, bytes.count / 2] {
            let kept = bytes[index]
            bytes[index] = kept == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(sealer.open(String(decoding: bytes, as: UTF8.self), for: "inbox:a") == nil)
            bytes[index] = kept
        }
        for text in ["", ".", "s1", "s1.", "s1.!!!", "s1.QUJD"] { #expect(sealer.open(text, for: "inbox:a") == nil) }
    }

    @Test("after a rotation new texts use the new key and old ones still open")
    func rotation() throws {
        let old = try Sealer(Secrets.KeyRing(current: .test("s1"))).seal("hello", for: "x")
        let rotated = Sealer(try Secrets.KeyRing(current: .test("s2"), retired: [.test("s1")]))
        #expect(rotated.open(old, for: "x") == "hello")
        #expect(try rotated.seal("hello", for: "x").hasPrefix("s2."))
        #expect(Sealer(try Secrets.KeyRing(current: .test("s2"))).open(old, for: "x") == nil)
    }

    @Test("a code's hash fits its purpose and its subject only")
    func codes() throws {
        let codes = CodeHash(try Secrets.KeyRing(current: .test("p1")))
        let hash = codes.hash("123456", purpose: "verify", subject: "a")
        #expect(codes.matches("123456", hash, purpose: "verify", subject: "a"))
        #expect(!codes.matches("123457", hash, purpose: "verify", subject: "a"))
        #expect(!codes.matches("123456", hash, purpose: "start", subject: "a"))
        #expect(!codes.matches("123456", hash, purpose: "verify", subject: "b"))
        #expect(!codes.matches("123456", "", purpose: "verify", subject: "a"))
        let rotated = CodeHash(try Secrets.KeyRing(current: .test("p2"), retired: [.test("p1")]))
        #expect(rotated.matches("123456", hash, purpose: "verify", subject: "a"))
    }

    @Test("keys of a wrong length, bad names and repeated names are refused, and no key is ever printed")
    func keys() throws {
        #expect(throws: Secrets.Fault.wrongLength(id: "k")) {
            try Secrets.Key(id: "k", bytes: [UInt8](repeating: 7, count: 31))
        }
        for id in ["", "a.b", "a:b", String(repeating: "a", count: 17)] {
            #expect(throws: Secrets.Fault.badIdentifier(id)) {
                try Secrets.Key(id: id, bytes: [UInt8](repeating: 7, count: 32))
            }
        }
        #expect(throws: Secrets.Fault.repeatedIdentifier("k1")) {
            try Secrets.KeyRing(current: .test("k1"), retired: [.test("k1")])
        }
        let secrets = try Secrets.forTests()
        var printed = "\(secrets) \(String(reflecting: secrets)) \(secrets.tokens.current)"
        dump(secrets, to: &printed)
        dump(secrets.tokens, to: &printed)
        #expect(!printed.contains("\(secrets.tokens.current.bytes[0]), \(secrets.tokens.current.bytes[1])"))
    }

    @Test("bcrypt agrees with another implementation, and refuses settings it should not obey")
    func bcrypt() {
        let hash = "$2b$04$abcdefghijklmnopqrstuuHdl3ErCK5scAomrDl5YOSlTsJrg2wiK"
        #expect(Bcrypt.verify(Array("Safari-2024 ñ".utf8), against: hash))
        #expect(Bcrypt.cost(of: hash) == 4)
        for setting in ["", "$1$abc$", "$2b$31$abcdefghijklmnopqrstuu", "$2x$04$abcdefghijklmnopqrstuu", "$2b$4$a"] {
            #expect(Bcrypt.digest([1], setting: setting) == nil)
        }
    }

    @Test("passwords wait in a short queue, and what does not fit is refused at once")
    func queue() async throws {
        let threads = PasswordThreads(threads: 1, queue: 2)
        let (release, occupied) = (DispatchSemaphore(value: 0), AsyncStream<Void>.makeStream())
        async let blocker: Void = threads.run {
            occupied.continuation.yield()
            release.wait()
        }
        for await _ in occupied.stream { break }
        let outcomes = await withTaskGroup(of: ErrorCode?.self) { group in
            for number in 1...6 {
                group.addTask { @Sendable in
                    do {
                        return try await threads.run { number * 2 } == number * 2 ? nil : .internalError
                    } catch {
                        return RoadsideError(any: error).code
                    }
                }
            }
            var codes: [ErrorCode?] = []
            for await code in group {
                codes.append(code)
                // Four are refused while the thread is still occupied; the two that wait need it.
                if codes.count == 4 { release.signal() }
            }
            return codes
        }
        try await blocker
        #expect(outcomes.prefix(4).allSatisfy { $0 == .overloaded })
        #expect(outcomes.suffix(2).allSatisfy { $0 == nil })
        #expect(try await threads.run { 42 } == 42)
    }

    @Test("a cache never holds more than two generations and keeps what is asked for")
    func cache() {
        let cache = GenerationCache<Int, Int>(limit: 10)
        cache.store(0, for: 0)
        for key in 1...1000 {
            cache.store(key, for: key)
            #expect(cache.value(for: 0) == 0)
            #expect(cache.count <= 20)
        }
        #expect(cache.value(for: 1000) == 1000 && cache.value(for: 1) == nil)
        cache.remove(1000)
        #expect(cache.value(for: 1000) == nil)
    }
}
