import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("GET /api/events?wait=…: the inbox by one question after another", .server, .serialized)
struct EventPollTests {
    @Test("what is there is answered at once, as the stream tells it, with the place to go on from")
    func atOnce() async throws {
        let scene = try await EventScene()
        let answer = try await scene.customer.ask("GET", "/api/events?wait=25")
        #expect(try data(answer).object?.map(\.name) == ["events", "cursor"])
        let poll = try await scene.customer.poll("wait=25&since=1")
        #expect(poll.seqs == [2, 3] && poll.cursor == 3)
        let streamed = try await scene.customer.events("/api/events?since=1").nextEvents(2).map(\.json)
        #expect(poll.events == streamed)
        #expect(poll.events.last?["d"]?["start_otp"]?.string == scene.code)
        // A place in a question is no receipt.
        #expect(try await scene.customer.poll("wait=0&since=3").seqs == [])
        #expect(try await scene.customer.poll("wait=0").seqs == [1, 2, 3])
    }

    @Test("without patience the answer is empty, and its place is where news begin")
    func nothing() async throws {
        let person = try await server().customer()
        let empty = try await person.poll("wait=0")
        #expect(empty.seqs == [] && empty.cursor == 0)
        try await person.tell(["one", "two"])
        _ = try data(try await person.acknowledge(2))
        let confirmed = try await person.poll("wait=0")
        #expect(confirmed.seqs == [] && confirmed.cursor == 2)
        #expect(try await person.poll("wait=1&since=2").cursor == 2)
    }

    @Test("a row that comes while a poll waits is its answer, rung or not")
    func whileWaiting() async throws {
        let person = try await server().customer()
        for (seq, rings) in [(Int64(1), true), (2, false)] {
            async let poll = person.poll("since=\(seq - 1)&wait=25")
            try await server().customer().tell(["for somebody else"])
            try await person.tell(["note \(seq)"], ringing: rings)
            let answer = try await poll
            #expect(answer.seqs == [seq] && answer.cursor == seq)
        }
    }

    @Test("a long backlog comes in several answers, gapless")
    func backlog() async throws {
        let person = try await server().customer()
        try await person.tell((1...150).map { "note \($0)" })
        var (seqs, cursor): ([Int64], Int64) = ([], 0)
        while seqs.count < 150 {
            let answer = try await person.poll("since=\(cursor)&wait=0")
            try #require(!answer.seqs.isEmpty)
            seqs += answer.seqs
            cursor = answer.cursor
        }
        #expect(seqs == Array(1...150))
    }

    @Test("a client that accepts a stream gets one, whatever else it says")
    func accept() async throws {
        let person = try await server().customer()
        try await person.tell(["one"])
        #expect(try await person.events("/api/events?wait=0").nextEvent().seq == 1)
    }
}
