import NIOCore
import Testing

@testable import Realtime

@Suite("The rate of a socket")
struct RateTests {
    @Test("admits 40 messages at once, warns three times, then closes with 4029")
    func burst() throws {
        let bench = try Bench()
        for number in 0..<50 { try bench.receive(Wire.text("\(number)")) }
        let texts = (0..<40).map { WatchedSession.Event.text("\($0)") }
        #expect(bench.events == [.opened] + texts + [.rate(1), .rate(2), .rate(3), .closing(4029)])
    }

    @Test("admits 20 messages a second for ever")
    func sustained() throws {
        let bench = try Bench()
        for _ in 0..<400 {
            try bench.receive(Wire.text("x"))
            bench.advance(.milliseconds(50))
        }
        #expect(bench.events.filter { $0 == .text("x") }.count == 400)
    }

    @Test("forgets warnings when the client has calmed down")
    func forgiven() throws {
        let bench = try Bench()
        for _ in 0..<3 {
            for _ in 0..<43 { try bench.receive(Wire.text("x")) }
            bench.advance(.seconds(3))
        }
        #expect(bench.events.filter { $0 == .rate(3) }.count == 3)
        #expect(!bench.events.contains(.closing(4029)))
    }

    @Test("counts pings and pongs which nobody asked for", arguments: [9, 10] as [UInt8])
    func control(_ opcode: UInt8) throws {
        let bench = try Bench()
        for _ in 0..<44 { try bench.receive(Wire.frame(opcode, [1])) }
        #expect(bench.events.last == .closing(4029))
    }

    @Test("does not count the answers it expects; what is none counts as before, and so do answers above them")
    func expectedAnswers() throws {
        let bench = try Bench()
        bench.connection?.expect(answers: 100)
        for _ in 0..<100 {
            try bench.receive(Wire.text("x"))
            bench.connection?.answered()
        }
        for _ in 0..<40 {
            try bench.receive(Wire.text("x"))
            bench.connection?.answered()
        }
        #expect(bench.events.filter { $0 == .text("x") }.count == 140)
        for _ in 0..<4 { try bench.receive(Wire.text("x")) }
        #expect(bench.events.last == .closing(4029))
    }

    @Test("an answer that is expected lets no other message in")
    func noAnswers() throws {
        let bench = try Bench()
        bench.connection?.expect(answers: 100)
        for _ in 0..<44 { try bench.receive(Wire.text("x")) }
        #expect(bench.events.filter { $0 == .text("x") }.count == 40)
        #expect(bench.events.last == .closing(4029))
    }

    @Test("the answers it expects do not pile up for ever")
    func mostAnswers() throws {
        let bench = try Bench()
        for _ in 0..<50 { bench.connection?.expect(answers: 100) }
        for _ in 0..<1044 {
            try bench.receive(Wire.text("x"))
            bench.connection?.answered()
        }
        #expect(bench.events.filter { $0 == .text("x") }.count == 1040)
        #expect(bench.events.last == .closing(4029))
    }

    @Test("does not count the answers to our pings")
    func askedPongs() throws {
        let bench = try Bench()
        for number in UInt8(0)..<100 {
            bench.connection?.ping([number])
            try bench.receive(Wire.frame(10, [number]))
        }
        #expect(bench.events.count == 101)
    }
}
