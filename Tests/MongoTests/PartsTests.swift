import BSON
import Testing

@testable import Mongo

@Suite("Parts of the client")
struct PartsTests {
    @Test("the settings of the house are added to an address, and never instead of its own")
    func connectionString() throws {
        let bare = try text("mongodb://a:1,b:2")
        #expect(bare.hasPrefix("mongodb://a:1,b:2/?w=majority&journal=true&readConcernLevel=majority&wtimeoutMS=8000&"))
        #expect(bare.hasSuffix("&maxPoolSize=24&appName=fixoncall"))
        #expect(try text("mongodb://a/db").hasPrefix("mongodb://a/db?w=majority"))
        #expect(try text("mongodb://a/?tls=true").hasPrefix("mongodb://a/?tls=true&w=majority"))
        let own = try text("mongodb://u:p@a/?w=2&socketTimeoutMS=1&appname=x")
        #expect(own.contains("w=2&"))
        #expect(!own.contains("w=majority") && !own.contains("socketTimeoutMS=10000") && !own.contains("appName"))
    }

    @Test("addresses are shown without credentials and options")
    func redactedAddress() {
        #expect(ConnectionString.redacted("mongodb://u:p@host:1/db?x=y") == "mongodb://***@host:1/db")
        #expect(ConnectionString.redacted("mongodb://u:p@ss@host") == "mongodb://***@host")
        #expect(ConnectionString.redacted("mongodb://host/?x=y") == "mongodb://host/")
        #expect(ConnectionString.redacted("u:p@host") == "the text given")
    }

    @Test(
        "messages of the server lose what they quote, and numbers",
        arguments: [
            ("Can't extract geo keys: { phone: \"+2547\" }", "Can't extract geo keys: …"),
            ("Cannot apply $inc to a value of type 'secret' there", "Cannot apply $inc to a value of type …"),
            ("out of bounds, lng: 200.5 lat: -1.25", "out of bounds, lng: # lat: -#"),
            ("E11000 duplicate key error", "E11000 duplicate key error"),
            ("unknown operator: $no", "unknown operator: $no"),
        ])
    func redactedMessage(message: String, safe: String) {
        #expect(Redaction.withoutValues(message) == safe)
    }

    @Test("the heap gives calls by deadline and forgets answered ones")
    func heap() {
        var heap = DeadlineHeap()
        let calls = (0..<200).map { _ in Call(deadline: .after(.seconds(Int.random(in: 1...1000)))) }
        for call in calls { _ = heap.insert(call) }
        for call in calls.prefix(120) {
            #expect(call.claim())
            heap.noteAnswered()
        }
        #expect(heap.count < 200)
        var last: Deadline?
        var open = 0
        while let call = heap.removeFirst() {
            if let last { #expect(last <= call.deadline) }
            last = call.deadline
            if !call.isAnswered { open += 1 }
        }
        #expect(open == 80)
    }

    @Test("the queue is first come, first served, and who leaves makes room")
    func queue() {
        var queue = WorkQueue(limit: 3)
        let calls = (0..<4).map { _ in Call(deadline: .after(.seconds(1))) }
        let accepted = calls.map { queue.append(.init(call: $0) { _ in }) }
        #expect(accepted == [true, true, true, false])
        queue.remove(calls[1])
        queue.remove(calls[1])
        #expect(queue.count == 2)
        let hasRoom = queue.append(.init(call: calls[3]) { _ in })
        #expect(hasRoom)
        var order: [Int?] = []
        while let job = queue.popFirst() { order.append(calls.firstIndex { $0 === job.call }) }
        #expect(order == [0, 2, 3])
    }

    @Test("a call is answered once, by whoever comes first")
    func call() {
        let answers = Counter()
        let call = Call(deadline: .after(.seconds(1)))
        call.attach { _ in answers.add() }
        #expect(call.begin())
        #expect(!call.begin())
        #expect(call.expire() == .reading)
        #expect(call.expire() == nil)
        #expect(!call.claim())
        #expect(!call.willWrite())
        #expect(answers.count == 1)

        let writing = Call(deadline: .after(.seconds(1)))
        writing.attach { _ in answers.add() }
        #expect(writing.begin() && writing.willWrite())
        #expect(writing.cancel() == nil)
        #expect(writing.claim())
        #expect(answers.count == 1)

        let early = Call(deadline: .after(.seconds(1)))
        #expect(early.cancel() == .waiting)
        early.attach { _ in answers.add() }
        #expect(answers.count == 2)
    }

    @Test("a buffer that is full drops what it keeps and says so in its place")
    func overflow() async {
        let buffer = EventBuffer(limit: 4)
        for number in 1...6 { buffer.append(.change(["n": .int(number)])) }
        guard case .interrupted(let error) = await buffer.next() else {
            Issue.record("the gap is not told")
            return
        }
        #expect(error.code == .overloaded)
        #expect(await buffer.next() == .opened)
        #expect(await buffer.next() == .change(["n": 5]))
        buffer.finish()
        #expect(await buffer.next() == .change(["n": 6]))
        #expect(await buffer.next() == nil)
    }

    @Test("a buffer is bounded in bytes as well")
    func overflowInBytes() async {
        let buffer = EventBuffer(limit: 1000, byteLimit: 100)
        let large: Document = ["filling": .binary(subtype: 0, bytes: [UInt8](repeating: 1, count: 60))]
        buffer.append(.change(large))
        buffer.append(.change(large))
        guard case .interrupted = await buffer.next() else {
            Issue.record("the gap is not told")
            return
        }
    }

    private func text(_ uri: String) throws -> String {
        try ConnectionString(.init(uri: uri, database: "d")).text
    }
}
