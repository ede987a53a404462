import NIOCore
import NIOEmbedded
import Testing

@testable import Realtime

@Suite("The last turns of a socket")
struct SocketEndTests {
    @Test("answers only the newest ping of those which came while nothing could be sent")
    func owedPong() throws {
        let bench = try Bench()
        bench.setWritable(false)
        for number in UInt8(1)...5 { try bench.receive(Wire.frame(9, [number])) }
        #expect(try bench.sent().isEmpty)
        bench.setWritable(true)
        #expect(try bench.sent() == [RawPeer.Frame(opcode: 10, payload: [5])])
    }

    @Test("sends nothing after the closing frame")
    func afterClose() throws {
        let bench = try Bench(farewell: EncodedFrame(text: "bye"))
        bench.connection?.close(.revoked)
        bench.connection?.close(.done)
        bench.connection?.send(EncodedFrame(text: "late"))
        bench.connection?.ping([1])
        try bench.receive(Wire.text("late") + Wire.frame(9))
        let frames = try bench.sent()
        #expect(frames.map(\.opcode) == [1, 8])
        #expect(frames.last?.code == 4403)
        #expect(bench.events == [.opened, .closing(4403)])
    }

    @Test("is not led in circles by a session which closes or sends when asked for its last words")
    func closingInClosing() throws {
        let bench = try Bench()
        bench.onClosing = { connection in
            connection?.close(.done)
            connection?.send(EncodedFrame(text: "too late"))
        }
        bench.connection?.close(.revoked)
        #expect(try bench.sent().map(\.code) == [4403])
    }

    @Test("ends the connection when the closing frame is answered")
    func answered() throws {
        let bench = try Bench()
        bench.connection?.close(.done)
        try bench.receive(Wire.close(1000))
        #expect(!bench.isOpen)
        #expect(bench.events.last == .closed)
    }

    @Test("tells of its end once, whatever comes together")
    func closedOnce() throws {
        let bench = try Bench()
        try bench.receive(Wire.close(1000))
        _ = try? bench.channel.finish(acceptAlreadyClosed: true)
        #expect(bench.events.filter { $0 == .closed }.count == 1)
    }

    @Test("cancels the tasks of a connection when it closes and starts none afterwards", .timeLimit(.minutes(5)))
    func tasks() async throws {
        let watch = Watch()
        try await LiveServer.with(decide: watch.decide()) { server in
            let peer = try await server.open()
            let connection = try #require(await watch.opened())
            let (never, keep) = AsyncStream.makeStream(of: Void.self)
            let (ends, end) = AsyncStream.makeStream(of: Bool.self)
            let (starts, start) = AsyncStream.makeStream(of: Void.self)
            connection.run {
                start.yield()
                for await _ in never {}
                end.yield(Task.isCancelled)
            }
            _ = await starts.first { _ in true }
            await peer.close()
            let ended = await ends.first { _ in true }
            #expect(ended == true)
            #expect(await watch.next(.closed))
            connection.run { start.yield() }
            try await connection.eventLoop.submit {}.get()
            start.finish()
            var late = 0
            for await _ in starts { late += 1 }
            #expect(late == 0)
            keep.finish()
        }
    }
}
