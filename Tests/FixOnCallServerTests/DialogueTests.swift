import BSON
import FixOnCallClient
import MongoTesting
import Realtime
import Roadside
import RoadsideTesting
import RoadsideWeb
import Synchronization
import Testing

@Suite("A dialogue: what one socket of a dialect says, and in which order")
struct DialogueTests {
    private static func frame(_ word: String) -> EncodedFrame { EncodedFrame(["word": .string(word)]) }

    private static func words(_ frames: [JSON]) -> [String] { frames.compactMap { $0["word"]?.string } }

    @Test("the first frames, then rows in their order, each with all of its frames, however long its words take")
    func order() async throws {
        let gate = Gate()
        try await Talk.with({ dialogue, _ in
            dialogue.opened = { [Self.frame("first"), Self.frame("second")] }
            dialogue.row = { row in
                let text = row.body.text ?? ""
                if text == "slow" { await gate.passed() }
                return [Self.frame("\(text) begins"), Self.frame("\(text) ends")]
            }
        }) { talk in
            let socket = try await talk.open()
            #expect(Self.words(try await socket.frames { $0["word"] == "second" }) == ["first", "second"])
            try await talk.person.told(["slow", "quick"])
            let many = (1...150).map { "\($0)" }
            try await talk.person.tell(many)
            try await talk.person.told(["last"])
            gate.open()
            let heard = Self.words(try await socket.frames { $0["word"] == "last ends" })
            // Rows on other routes are nobody's here.
            #expect(heard == ["slow", "quick", "last"].flatMap { ["\($0) begins", "\($0) ends"] })
        }
    }

    @Test("a burst behind a slow row arrives whole and in order")
    func burst() async throws {
        let gate = Gate()
        try await Talk.with({ dialogue, _ in
            dialogue.opened = { [Self.frame("open")] }
            dialogue.row = { row in
                await gate.passed()
                return [Self.frame(row.body.text ?? "")]
            }
        }) { talk in
            let socket = try await talk.open()
            _ = try await socket.nextJSON()
            let texts = (1...60).map { "\($0)" }
            try await talk.person.told(texts)
            gate.open()
            #expect(Self.words(try await socket.frames { $0["word"] == "60" }) == texts)
        }
    }

    @Test("what happens while the first frames are looked for is not missed, and comes behind them")
    func meanwhile() async throws {
        try await Talk.with({ dialogue, person in
            dialogue.opened = { () async throws(RoadsideError) in
                do {
                    try await person.told(["meanwhile"])
                } catch {
                    throw RoadsideError(.conflict, "\(error)")
                }
                return [Self.frame("first")]
            }
            dialogue.row = { [Self.frame($0.body.text ?? "")] }
        }) { talk in
            let socket = try await talk.open()
            #expect(Self.words(try await socket.frames { $0["word"] == "meanwhile" }) == ["first", "meanwhile"])
        }
    }

    @Test("a row that is gone is passed over, one that could not be read for now is put into words again")
    func rows() async throws {
        let tries = Counter()
        try await Talk.with({ dialogue, _ in
            dialogue.opened = { [Self.frame("open")] }
            dialogue.row = { row throws(RoadsideError) in
                switch row.body.text {
                case "gone": throw .notFound("Job")
                case "busy" where tries.next() < 2: throw RoadsideError(.overloaded, "Later.")
                default: return [Self.frame(row.body.text ?? "")]
                }
            }
        }) { talk in
            let socket = try await talk.open()
            _ = try await socket.nextJSON()
            try await talk.person.told(["before", "gone", "busy", "after"])
            let heard = Self.words(try await socket.frames { $0["word"] == "after" })
            #expect(heard == ["before", "busy", "after"])
            #expect(tries.next() == 3)
        }
    }

    @Test("answers come in the order of what was asked; a refusal is one of them, and the socket stays")
    func answers() async throws {
        try await Talk.with({ dialogue, _ in
            dialogue.received = { json throws(RoadsideError) in
                guard let say = json["say"]?.string else { throw .validation([]) }
                return [Self.frame(say)]
            }
        }) { talk in
            let socket = try await talk.open()
            for index in 1...5 { try await socket.send(text: #"{"say":"\#(index)"}"#) }
            try await socket.send(text: #"{"sing":1}"#)
            try await socket.send(text: #"{"say":"6"}"#)
            let heard = try await socket.frames { $0["word"] == "6" }
            #expect(Self.words(heard) == ["1", "2", "3", "4", "5", "6"])
            #expect(heard[5] == ["refused": "VALIDATION_ERROR"])
        }
    }

    @Test("sixteen questions may wait; who asks on is told to wait for the answers, and those come all the same")
    func tooMany() async throws {
        let gate = Gate()
        try await Talk.with({ dialogue, _ in
            dialogue.received = { json in
                await gate.passed()
                return [Self.frame(json["say"]?.string ?? "")]
            }
        }) { talk in
            let socket = try await talk.open()
            for index in 1...17 { try await socket.send(text: #"{"say":"\#(index)"}"#) }
            #expect(try await socket.nextJSON() == ["refused": "RATE_LIMITED"])
            gate.open()
            let heard = Self.words(try await socket.frames { $0["word"] == "16" })
            #expect(heard == (1...16).map { "\($0)" })
        }
    }

    @Test("what is no JSON object is refused twice, and ends the socket the third time, whatever was said between")
    func malformed() async throws {
        try await Talk.with({ dialogue, _ in
            dialogue.received = { _ in [Self.frame("heard")] }
        }) { talk in
            let socket = try await talk.open()
            for text in ["{", "[1]"] {
                try await socket.send(text: text)
                #expect(try await socket.nextJSON() == ["refused": "MALFORMED_BODY"])
            }
            try await socket.send(text: "{}")
            #expect(try await socket.nextJSON() == ["word": "heard"])
            try await socket.send(text: "7")
            #expect(try await socket.nextJSON() == ["refused": "MALFORMED_BODY"])
            #expect(try await socket.closeCode() == 4400)
        }
    }

    @Test(
        "C3 K12: a client's ping is answered without being put to the dialect; the server says its own where it has any"
    )
    func pings() async throws {
        let asked = Mutex(0)
        try await Talk.with({ dialogue, _ in
            dialogue.applicationPing = .milliseconds(20)
            dialogue.received = { _ in
                asked.withLock { $0 += 1 }
                return []
            }
        }) { talk in
            let socket = try await talk.open()
            for _ in 0..<2 { _ = try await socket.frames { $0 == ["type": "ping"] } }
            try await socket.send(text: #"{"type":"ping"}"#)
            let pong = try await socket.frames { $0["type"] == "pong" }.last
            #expect(pong?["timestamp"]?.string?.hasSuffix("Z") == true)
            #expect(asked.withLock(\.self) == 0)
        }
    }

    @Test(
        "first frames that are refused end the socket with the reason; those that cannot be read yet are asked for again"
    )
    func beginnings() async throws {
        let tries = Counter()
        try await Talk.with({ dialogue, _ in
            dialogue.opened = { () throws(RoadsideError) in
                switch tries.next() {
                case 1: throw RoadsideError(.overloaded, "Later.")
                case 2: return [Self.frame("open")]
                default: throw .notFound("Job")
                }
            }
        }) { talk in
            #expect(try await talk.open().nextJSON() == ["word": "open"])
            let refused = try await talk.open()
            #expect(try await refused.nextJSON() == ["refused": "NOT_FOUND"])
            #expect(try await refused.closeCode() == 1000)
        }
    }

    @Test("the end of the session ends the socket, with the dialect's last words")
    func ends() async throws {
        try await Talk.with({ dialogue, _ in
            dialogue.opened = { [Self.frame("open")] }
            dialogue.farewell = Self.frame("good-bye")
        }) { talk in
            let socket = try await talk.open()
            _ = try await socket.nextJSON()
            #expect(try await talk.person.ask("POST", "/api/auth/logout").status == 200)
            #expect(try await socket.nextJSON() == ["word": "good-bye"])
            #expect(try await socket.closeCode() == 4403)
        }
    }
}

/// Holds everybody back until it is opened.
private final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func passed() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = (true, []) }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    /// 1, and then the next at each call.
    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
