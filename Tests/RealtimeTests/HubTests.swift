import HTTPTypes
import NIOCore
import NIOPosix
import Testing

@testable import Realtime

/// Joins topics as soon as it opens and sends what they bring.
private final class MemberSession: SocketSession {
    private let hub: Hub<EncodedFrame>
    private let topics: [String]
    private let limit: Int?
    private let watch: Watch
    private var connection: SocketConnection?

    init(_ hub: Hub<EncodedFrame>, _ topics: [String], limit: Int?, watch: Watch) {
        (self.hub, self.topics, self.limit, self.watch) = (hub, topics, limit, watch)
    }

    func opened(_ connection: SocketConnection) {
        self.connection = connection
        hub.subscribe(connection, to: topics, limit: limit) { connection.send($0) }
        watch.note(.opened, connection)
    }

    func received(text: [UInt8]) {
        guard let connection else { return }
        hub.unsubscribe(connection, from: [String(decoding: text, as: UTF8.self)])
        connection.send(EncodedFrame(text: "left"))
    }

    func closed() { watch.note(.closed, connection) }
}

@Suite("A hub", .timeLimit(.minutes(5)))
struct HubTests {
    private let hub = Hub<EncodedFrame>(group: MultiThreadedEventLoopGroup.singleton)
    private let watch = Watch()

    /// The path names the topics: `/a,b`.
    private func serve(
        limit: Int? = nil, _ other: Hub<EncodedFrame>? = nil,
        _ body: @escaping @Sendable (LiveServer) async throws -> Void
    ) async throws {
        let (hub, watch) = (other ?? hub, watch)
        try await LiveServer.with(
            decide: { request, _, _ in
                let topics = (request.path ?? "").dropFirst().split(separator: ",").map(String.init)
                return .accept(SocketAcceptance { _ in MemberSession(hub, topics, limit: limit, watch: watch) })
            }, body)
    }

    private func open(_ server: LiveServer, _ path: String) async throws -> RawPeer {
        let peer = try await server.open(path)
        _ = await watch.opened()
        return peer
    }

    @Test("brings every message to all members of its topic, in order, and to no one else")
    func publish() async throws {
        try await serve { server in
            var members: [RawPeer] = []
            for _ in 0..<20 { members.append(try await open(server, "/job")) }
            let stranger = try await open(server, "/other")
            for number in 0..<100 { hub.publish(EncodedFrame(text: "\(number)"), to: "job") }
            hub.publish(EncodedFrame(text: "for the other"), to: "other")
            for member in members {
                for number in 0..<100 { #expect(try await member.frame().text == "\(number)") }
            }
            #expect(try await stranger.frame().text == "for the other")
        }
    }

    @Test("keeps the order of all messages for a socket in several topics, however many are handed out at once")
    func ordersTopics() async throws {
        try await serve { server in
            let member = try await open(server, "/a,b")
            let other = try await open(server, "/b")
            let posts = (0..<200).map { number -> Hub<EncodedFrame>.Post in
                (EncodedFrame(text: "\(number)"), number.isMultiple(of: 3) ? "a" : "b")
            }
            hub.publish(posts)
            for number in 0..<200 { #expect(try await member.frame().text == "\(number)") }
            for number in 0..<200 where !number.isMultiple(of: 3) {
                #expect(try await other.frame().text == "\(number)")
            }
        }
    }

    @Test("joins what its members have not confirmed, and loses and reorders nothing of it")
    func patience() async throws {
        let patient = Hub<EncodedFrame>(group: MultiThreadedEventLoopGroup.singleton, patience: .milliseconds(5))
        try await serve(limit: nil, patient) { server in
            let members = [try await open(server, "/a"), try await open(server, "/a,b")]
            for number in 0..<300 { patient.publish(EncodedFrame(text: "\(number)"), to: "a") }
            for number in 0..<300 { #expect(try await members[0].frame().text == "\(number)") }
            patient.publish(EncodedFrame(text: "the last"), to: "b")
            for number in 0..<300 { #expect(try await members[1].frame().text == "\(number)") }
            #expect(try await members[1].frame().text == "the last")
        }
    }

    @Test("a socket that leaves while messages are handed out hears none of the rest")
    func leavesInBetween() async throws {
        try await serve { server in
            let member = try await open(server, "/a,b")
            try await member.send(Wire.text("b"))
            #expect(try await member.frame().text == "left")
            hub.publish((0..<50).map { (EncodedFrame(text: "\($0)"), $0.isMultiple(of: 2) ? "a" : "b") })
            for number in stride(from: 0, to: 50, by: 2) { #expect(try await member.frame().text == "\(number)") }
        }
    }

    @Test("fault 9b: counts its members and forgets those which have closed")
    func forgets() async throws {
        try await serve { server in
            let first = try await open(server, "/a,b")
            let second = try await open(server, "/a")
            #expect(hub.count == 2)
            #expect(hub.count(of: "a") == 2)
            #expect(hub.count(of: "b") == 1)
            await first.close()
            #expect(await watch.next(.closed))
            #expect(hub.count == 1)
            #expect(hub.count(of: "a") == 1)
            #expect(hub.count(of: "b") == 0)
            hub.publish(EncodedFrame(text: "still"), to: "a")
            #expect(try await second.frame().text == "still")
        }
    }

    @Test("whoever of many leaves, and in whatever order, the others hear on, once")
    func leavesAmongMany() async throws {
        try await serve { server in
            var peers: [RawPeer] = []
            for _ in 0..<5 { peers.append(try await open(server, "/a")) }
            // The last one moves to the place of the first, and leaves it in his turn.
            for leaving in [0, 4, 2] {
                try await peers[leaving].send(Wire.text("a"))
                #expect(try await peers[leaving].frame().text == "left")
            }
            #expect(hub.count(of: "a") == 2)
            for number in 0..<3 { hub.publish(EncodedFrame(text: "\(number)"), to: "a") }
            for peer in [peers[1], peers[3]] {
                for number in 0..<3 { #expect(try await peer.frame().text == "\(number)") }
            }
        }
    }

    @Test("lets a member leave one of its topics")
    func leaves() async throws {
        try await serve { server in
            let peer = try await open(server, "/a,b")
            try await peer.send(Wire.text("a"))
            #expect(try await peer.frame().text == "left")
            hub.publish(EncodedFrame(text: "from a"), to: "a")
            hub.publish(EncodedFrame(text: "from b"), to: "b")
            #expect(try await peer.frame().text == "from b")
            #expect(hub.count(of: "a") == 0)
        }
    }

    @Test("keeps the newest eight of a user and closes the oldest with 4010")
    func limit() async throws {
        try await serve(limit: 8) { server in
            var peers: [RawPeer] = []
            for _ in 0..<10 { peers.append(try await open(server, "/user")) }
            #expect(try await peers[0].closeCode() == 4010)
            #expect(try await peers[1].closeCode() == 4010)
            hub.publish(EncodedFrame(text: "to all"), to: "user")
            for peer in peers.dropFirst(2) { #expect(try await peer.frame().text == "to all") }
        }
    }

    @Test("fault 9b, fault 17: loses nothing that is published after a member has joined, while members come and go")
    func races() async throws {
        try await serve { server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        let topic = "topic \(number % 4)".replacing(" ", with: "")
                        for round in 0..<8 {
                            let own = "own\(number)r\(round)"
                            let peer = try await server.open("/\(topic),\(own)")
                            hub.publish(EncodedFrame(text: "shared"), to: topic)
                            hub.publish(EncodedFrame(text: own), to: own)
                            while try await peer.frame().text != own {}
                            await peer.close()
                        }
                    }
                }
                try await group.waitForAll()
            }
            for _ in 0..<128 { #expect(await watch.next(.closed)) }
            #expect(hub.count == 0)
            for number in 0..<4 { #expect(hub.count(of: "topic\(number)") == 0) }
        }
    }
}
