import BSON
import FixOnCallClient
import FixOnCallServer
import LiveBookings
import Logging
import MongoTesting
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing

@testable import RoadsideWeb

@Suite("Faults of sockets (realtime.md 5)", .serialized, .timeLimit(.minutes(5)))
struct SocketFaultTests {
    @Test("fault 8: a client that does not read is closed 4008; others do not notice, and he resumes without loss")
    func fault8SlowReader() async throws {
        try await TestServer.with({ ($0.sockets.pingSeconds, $0.sockets.stallSeconds) = (1, 1) }) { server in
            let (person, other) = try await (server.customer(), server.customer())
            // Far more than the kernel takes for a socket that is not read.
            let page = String(repeating: "x", count: 16 * 1024)
            for _ in 1...12 { try await person.tell(Array(repeating: page, count: 64)) }
            let (slow, neighbour) = try await (Live.open(person), Live.open(other))
            try await neighbour.resume(0)
            try await slow.socket.stopReading()
            try await slow.resume(0)
            // The server's own clock: it pings once a second, and waits a second for a client that does not read.
            for _ in 1...3 { _ = try await neighbour.socket.nextPing() }
            try await other.told(["quick"])
            #expect(try await neighbour.next()["d"]?["message"] == "quick")
            // Another phone of his own is not held up either.
            let second = try await Live.open(person)
            try await second.resume(767)
            #expect(try await second.next()["s"] == 768)

            try await slow.socket.startReading()
            let (seqs, code, _) = try await slow.seqsUntilClosed()
            #expect(code == 4008)
            #expect(!seqs.isEmpty && seqs.count < 768)
            #expect(seqs == Array(1...Int64(seqs.count)))
            let again = try await Live.open(person)
            try await again.resume(Int64(seqs.count))
            #expect(try await again.seqs(through: 768) == Array(Int64(seqs.count) + 1...768))
        }
    }

    @Test("fault 9: sockets that never answer a ping are closed 4009, and all others stay")
    func fault9MuteSockets() async throws {
        try await TestServer.with({ ($0.sockets.pingSeconds, $0.sockets.pongSeconds) = (1, 2) }) { server in
            let customers = try await [server.customer(), server.customer(), server.customer()]
            var (mute, lively): ([SocketClient], [SocketClient]) = ([], [])
            for customer in customers {
                for number in 0..<8 {
                    // Every fourth is mute, of either kind.
                    let answers = !number.isMultiple(of: 4)
                    let socket: SocketClient
                    if number < 4 {
                        socket = try await SocketClient.connect(
                            host: "127.0.0.1", port: server.port, path: LiveBookings.Path.customerBookings,
                            headers: [("Authorization", "Bearer \(customer.token)")], answersPings: answers)
                    } else {
                        let live = try await Live.open(customer, answersPings: answers)
                        try await live.resume(0)
                        socket = live.socket
                    }
                    if answers { lively.append(socket) } else { mute.append(socket) }
                }
            }
            for socket in mute { #expect(try await socket.closeCode() == 4009) }
            for customer in customers { _ = try await customer.request() }
            // Had one of them been closed, that would be the next thing it says.
            for socket in lively { #expect(try await socket.nextJSON().tellsOfJob) }
            try await eventually("only they are listed") { server.hub.count == lively.count }
        }
    }

    @Test("fault 9b: clients that all vanish at once leave nothing behind: nobody is listed, and every place is free")
    func fault9bVanished() async throws {
        try await TestServer.with({ $0.sockets.places = 40 }) { server in
            var people: [Person] = []
            for _ in 1...5 { people.append(try await server.customer()) }
            for _ in 1...2 {
                var sockets: [SocketClient] = []
                for person in people {
                    for _ in 1...4 {
                        sockets.append(try await person.socket(LiveBookings.Path.customerBookings))
                        sockets.append(try await Live.open(person).socket)
                    }
                }
                #expect(server.hub.count == 40)
                let refused = try await refusal { _ = try await Live.open(people[0]) }
                #expect(refused.status == 503)
                #expect(refused.headers["Retry-After"] == "5")

                try await withThrowingTaskGroup(of: Void.self) { group in
                    for socket in sockets { group.addTask { try await socket.reset() } }
                    try await group.waitForAll()
                }
                try await eventually("nobody is listed") { server.hub.count == 0 && server.hub.recipients.isEmpty }
                #expect(try await server.http().get("/api/health").status == 200)
            }
        }
    }

    @Test("fault 12: two hundred sockets fed with noise all end, each with a code, and nobody else notices")
    func fault12Noise() async throws {
        try await TestServer.with { server in
            let (person, other) = try await (server.customer(), server.customer())
            let neighbour = try await other.socket(LiveBookings.Path.customerBookings)
            let codes = try await withThrowingTaskGroup(of: [UInt16?].self) { group in
                for seed in 1...4 {
                    group.addTask {
                        var random = SplitMix64(seed: UInt64(seed))
                        var codes: [UInt16?] = []
                        for _ in 1...50 {
                            let socket = try await person.socket(LiveBookings.Path.customerBookings)
                            try? await socket.sendRaw(Self.noise(&random))
                            codes.append(try await socket.closeCode())
                        }
                        return codes
                    }
                }
                return try await group.reduce(into: [UInt16?]()) { $0 += $1 }
            }
            let known: Set<UInt16?> = [1002, 1003, 1007, 1009]
            let unknown = codes.filter { !known.contains($0) }
            #expect(unknown.isEmpty, "\(unknown)")
            let number = try await other.request()["number"]
            #expect(try await neighbour.nextJSON()["booking_id"] == number)
        }
    }

    /// A masked frame of any kind but close, ping and pong with any length, true or not, and what can only be wrong.
    private static func noise(_ random: inout SplitMix64) -> [UInt8] {
        var bytes = (1...Int.random(in: 8...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        bytes[0] &= 0xF7
        bytes[1] |= 0x80
        // Longer than the longest message, and a frame at no place: reserved bits and no mask.
        return bytes + [UInt8](repeating: 0x70, count: 20_000)
    }

    @Test(
        "fault 17: whoever has come and gone, every socket that stands hears what is said, and the audit finds no hole")
    func fault17Churn() async throws {
        try await TestServer.with({ $0.sockets.perUser = 4 }) { server in
            var people: [(person: Person, sockets: [SocketClient])] = []
            for _ in 1...6 { people.append((try await server.customer(), [])) }
            for round in 0..<24 {
                for index in people.indices {
                    let (person, sockets) = people[index]
                    let socket: SocketClient
                    if (round + index).isMultiple(of: 2) {
                        socket = try await person.socket(LiveBookings.Path.customerBookings)
                    } else {
                        let live = try await Live.open(person)
                        try await live.resume(0)
                        socket = live.socket
                    }
                    people[index].sockets.append(socket)
                    // Of three that come two go, one in order and one without a word; the rest is replaced by newer ones.
                    switch (round + 2 * index) % 3 {
                    case 0: try? await sockets.last?.close()
                    case 1 where !sockets.isEmpty: try? await sockets[7 * round % sockets.count].reset()
                    default: break
                    }
                }
            }
            var standing: [(person: Person, job: String, sockets: [SocketClient])] = []
            for (person, sockets) in people {
                let job = try #require(try await person.request()["id"]?.string)
                standing.append((person, job, try await Self.hearing(sockets)))
            }
            let counts = standing.map(\.sockets.count)
            let isPlausible = counts.allSatisfy { (1...4).contains($0) }
            #expect(isPlausible, "\(counts)")
            let count = counts.reduce(0, +)
            try await eventually("those that hear are those that are listed") { server.hub.count == count }

            try await InboxAudit(
                hub: server.hub, inbox: server.roadside.inbox, interval: .zero, patience: .zero,
                logger: .init(label: "audit") { _ in SwiftLogNoOpLogHandler() }
            ).once()
            // What the audit asks of a socket comes before what is said after it.
            for (person, job, sockets) in standing {
                #expect(try await person.ask("POST", "/api/services/\(job)/cancel").status == 200)
                for socket in sockets { #expect(try await socket.nextJSON().tellsOfJob) }
            }
            #expect(server.hub.holes == 0)
        }
    }

    /// Those of the sockets that hear the one thing that has been said; the others have been closed, and know it.
    private static func hearing(_ sockets: [SocketClient]) async throws -> [SocketClient] {
        var hearing: [SocketClient] = []
        for socket in sockets {
            var message = try await socket.next(within: .seconds(60))
            if case .text(let text) = message {
                if try JSON.parse(Array(text.utf8)).tellsOfJob {
                    hearing.append(socket)
                    continue
                }
                // The last words of one that was replaced.
                message = try await socket.next(within: .seconds(60))
            }
            if case .close(let code, _) = message { #expect(code == 4010 || code == 1000) }
        }
        return hearing
    }

    @Test("4010: a ninth socket of one user replaces the oldest, which is told so; the other eight hear everything")
    func ninthSocket() async throws {
        try await TestServer.with { server in
            let (person, other) = try await (server.customer(), server.customer())
            let bystander = try await Live.open(other)
            var sockets: [SocketClient] = []
            for number in 1...9 {
                if number.isMultiple(of: 2) {
                    sockets.append(try await person.socket(LiveBookings.Path.customerBookings))
                } else {
                    let live = try await Live.open(person)
                    try await live.resume(0)
                    sockets.append(live.socket)
                }
            }
            #expect(try await sockets[0].closeCode() == 4010)
            _ = try await person.request()
            for socket in sockets.dropFirst() { #expect(try await socket.nextJSON().tellsOfJob) }
            #expect(try await bystander.framesSoFar().isEmpty)
        }
    }
}

extension JSON {
    /// Whether a frame, bare or in its envelope, tells how a job stands.
    fileprivate var tellsOfJob: Bool { self["k"] == "job.status" || self["booking_id"] != nil }
}
