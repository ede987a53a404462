import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Synchronization
import Testing

@testable import Roadside

@Suite("The inbox")
struct InboxTests {
    @Test("fifty writers at once leave a gapless sequence")
    func gapless() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let recipient = try await world.customer()
            let results = await together(50) { number in
                try await world.append([.note("\(number)", to: recipient)])
            }
            let allWritten = results.allSatisfy { $0.value != nil }
            #expect(allWritten)
            #expect(try await world.rows(of: recipient).map(\.seq) == Array(1...50))
            #expect(try await world.inbox.head(of: recipient.userID) == 50)
        }
    }

    @Test("writers of the same crowd in different orders do not block each other")
    func crowds() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let crowd = [try await world.customer("A"), try await world.customer("B"), try await world.customer("C")]
            let results = await together(20) { number in
                let order = number.isMultiple(of: 2) ? crowd : crowd.reversed()
                try await world.append(order.map { .note("\(number)", to: $0) })
            }
            let allWritten = results.allSatisfy { $0.value != nil }
            #expect(allWritten)
            for member in crowd { #expect(try await world.rows(of: member).map(\.seq) == Array(1...20)) }
        }
    }

    @Test("a transaction that fails leaves neither rows nor a hole")
    func abort() async throws {
        struct Refused: Error {}
        try await JobsWorld.with { world in
            let recipient = try await world.customer()
            let failed = try await failure {
                try await world.store.transaction { transaction in
                    _ = try world.inbox.append([.note("lost", to: recipient)], in: transaction)
                    throw Refused()
                }
            }
            #expect(failed != nil)
            try await world.append([.note("kept", to: recipient)])
            #expect(try await world.rows(of: recipient).map(\.seq) == [1])
        }
    }

    @Test("what was committed but never rung is there on the next look: a crash between the two loses nothing")
    func crashBeforeRing() async throws {
        try await JobsWorld.with { world in
            let recipient = try await world.customer()
            try await world.append([.note("one", to: recipient), .note("two", to: recipient)])
            let waiting = try await world.inbox.unreceipted(recipient: recipient.userID, route: .customerJobs)
            #expect(waiting.map(\.body.text) == ["one", "two"])
        }
    }

    @Test("a receipt is cumulative, per route, and stops the replay of what it covers")
    func receipts() async throws {
        try await JobsWorld.with { world in
            let recipient = try await world.customer()
            let user = recipient.userID
            try await world.append([
                .note("1", to: recipient), .note("2", to: recipient, on: .providerOffers), .note("3", to: recipient),
                .note("4", to: recipient),
            ])
            try await world.inbox.receipt(recipient: user, route: .customerJobs, upTo: 3)
            #expect(try await world.inbox.unreceipted(recipient: user, route: .customerJobs).map(\.seq) == [4])
            #expect(try await world.inbox.unreceipted(recipient: user, route: .providerOffers).map(\.seq) == [2])
            #expect(try await world.inbox.rows(recipient: user, after: 1).map(\.seq) == [2, 3, 4])
            let rows = try await world.inbox.rows(recipient: user, after: 0)
            let received = rows.map { $0.receivedAt != nil }
            #expect(received == [true, false, true, false])

            let stranger = try await world.customer("Stranger")
            try await world.inbox.receipt(recipient: stranger.userID, route: .customerJobs, upTo: 100)
            #expect(try await world.inbox.unreceipted(recipient: user, route: .customerJobs).map(\.seq) == [4])
        }
    }

    @Test("a code is stored sealed, delivered open, wiped at receipt, and never listed")
    func codes() async throws {
        try await JobsWorld.with { world in
            let recipient = try await world.customer()
            let user = recipient.userID
            let rung = try await world.append([.code("471199", to: recipient)])
            #expect(rung.first?.otp == "471199")
            let stored = try #require(try await world.store.notifications.findOne(["recipient_id": .id(user)]))
            #expect(!stored.debugDescription.contains("471199"))
            #expect(try await world.inbox.unreceipted(recipient: user, route: .customerJobs).first?.otp == "471199")
            #expect(try await world.inbox.list(recipient: user, .page(1)).items.map(\.otp) == [nil])

            // A sealed code moved to somebody else's row opens for nobody.
            let thief = try await world.customer("Thief")
            try await world.append([.code("000000", to: thief)])
            try await world.store.notifications.updateOne(
                ["recipient_id": .id(thief.userID)], ["$set": ["sealed": stored["sealed"] ?? .null]])
            #expect(try await world.inbox.rows(recipient: thief.userID, after: 0).map(\.otp) == [nil])

            try await world.inbox.receipt(recipient: user, route: .customerJobs, upTo: 1)
            #expect(try await world.inbox.rows(recipient: user, after: 0).map(\.otp) == [nil])
            #expect(try await world.store.notifications.findOne(["recipient_id": .id(user)])?["sealed"] == nil)
        }
    }

    @Test("an expired row is in the list but on no socket")
    func expiry() async throws {
        try await JobsWorld.with { world in
            let recipient = try await world.customer()
            var stale = InboxEntry.note("stale", to: recipient)
            stale.expiresAt = Date().addingTimeInterval(-1)
            try await world.append([stale, .note("fresh", to: recipient)])
            let user = recipient.userID
            #expect(try await world.inbox.unreceipted(recipient: user, route: .customerJobs).map(\.seq) == [2])
            #expect(try await world.inbox.rows(recipient: user, after: 0).map(\.seq) == [2])
            #expect(try await world.inbox.list(recipient: user, .page(1)).items.map(\.seq) == [2, 1])
        }
    }

    @Test("listed newest first, by page and by cursor; marked read by their owner only (D19, D20, D21)")
    func reading() async throws {
        try await JobsWorld.with { world in
            let recipient = try await world.customer()
            let user = recipient.userID
            for number in 1...5 { try await world.append([.note("\(number)", to: recipient)]) }
            try await world.append([
                InboxEntry(recipient: user, kind: .session, routes: [.session], body: InboxBody(message: "revoked"))
            ])
            let page = try await world.inbox.list(recipient: user, .page(2, perPage: 2))
            #expect(page.items.map(\.body.text) == ["3", "2"])
            #expect(page.total == 5 && page.pages == 3)
            let slice = try await world.inbox.list(recipient: user, .after(nil, limit: 3))
            let rest = try await world.inbox.list(recipient: user, .after(slice.nextCursor, limit: 3))
            #expect((slice.items + rest.items).map(\.body.text) == ["5", "4", "3", "2", "1"])
            #expect(rest.nextCursor == nil)
            let refused = try await refusalCode {
                _ = try await world.inbox.list(recipient: user, .after("x", limit: 3))
            }
            #expect(refused == .validation)

            let stranger = try await world.customer("Stranger")
            let missing = try await refusalCode {
                try await world.inbox.markRead(page.items[0].id, recipient: stranger.userID)
            }
            #expect(missing == .notFound)
            #expect(try await world.inbox.unreadCount(recipient: user) == 5)
            try await world.inbox.markRead(page.items[0].id, recipient: user)
            try await world.inbox.markRead(page.items[0].id, recipient: user)
            #expect(try await world.inbox.unreadCount(recipient: user) == 4)
            #expect(try await world.inbox.markAllRead(recipient: user) == 4)
            #expect(try await world.inbox.unreadCount(recipient: user) == 0)
        }
    }

    @Test("listeners hear rows in order after the commit, and rows of other processes through the doorbell")
    func doorbell() async throws {
        try await JobsWorld.with { world in
            let heard = Heard()
            world.inbox.listen { heard.note($0) }
            let follower = Task { await world.inbox.follow() }
            defer { follower.cancel() }
            try await eventually("the doorbell is connected") { heard.resyncs > 0 }

            let recipient = try await world.customer()
            let rows = try await world.append([.note("1", to: recipient), .note("2", to: recipient)])
            try await eventually("what nobody has rung comes by the change stream") { heard.written == [1, 2] }
            #expect(heard.own == [true, true])
            #expect(heard.rung.isEmpty)
            world.inbox.ring(rows)
            #expect(heard.rung == [1, 2])
            // The stream would say nothing new of these.
            #expect(world.inbox.hasRung(2, for: recipient.userID))
            #expect(!world.inbox.hasRung(3, for: recipient.userID))

            let other = Inbox(world.dependencies)
            try await world.store.transaction { transaction in
                _ = try other.append([.note("3", to: recipient)], in: transaction)
            }
            try await eventually("and the seq that another process wrote") { heard.written == [1, 2, 3] }
            #expect(heard.own == [true, true, false])
        }
    }

    @Test("two processes move the same heads in turn, without a hole and without a number twice")
    func headsOfTwoProcesses() async throws {
        try await JobsWorld.with { world in
            let all = [try await world.customer("A"), try await world.customer("B"), try await world.customer("C")]
            func seqs(_ inbox: Inbox, _ recipients: [Caller]) async throws -> [ObjectID: [Int64]] {
                let rows = try await world.store.transaction { transaction in
                    try inbox.append(recipients.map { .note("x", to: $0) }, in: transaction)
                }
                return Dictionary(grouping: rows, by: \.recipient).mapValues { $0.map(\.seq) }
            }
            let (own, other) = (world.inbox, Inbox(world.dependencies))
            let (a, b, c) = (all[0].userID, all[1].userID, all[2].userID)
            #expect(try await seqs(own, all) == [a: [1], b: [1], c: [1]])
            #expect(try await seqs(own, all) == [a: [2], b: [2], c: [2]])
            // One of them now stands where the next move would have left it.
            #expect(try await seqs(other, [all[1]]) == [b: [3]])
            #expect(try await seqs(own, all) == [a: [3], b: [4], c: [3]])
            #expect(try await seqs(other, all + all) == [a: [4, 5], b: [5, 6], c: [4, 5]])
            #expect(try await seqs(own, all) == [a: [6], b: [7], c: [6]])
        }
    }

    @Test("a move that was taken back is forgotten")
    func abandonedMove() async throws {
        try await JobsWorld.with { world in
            let both = [try await world.customer("A"), try await world.customer("B")]
            struct Abandoned: Error {}
            for _ in 1...2 {
                await #expect(throws: (any Error).self) {
                    try await world.store.transaction { transaction in
                        _ = try world.inbox.append(both.map { .note("x", to: $0) }, in: transaction)
                        throw Abandoned()
                    }
                }
            }
            let rows = try await world.append(both.map { .note("y", to: $0) })
            #expect(rows.map(\.seq) == [1, 1])
        }
    }

    @Test("what a row says survives storage, whatever of it is said")
    func bodies() {
        var body = InboxBody(message: "job.accepted")
        #expect(InboxBody(body.document) == body)
        body.jobID = ObjectID()
        body.jobNumber = 42
        body.status = .enRoute
        body.serviceType = "towing"
        body.pickup = Place(point: JobsWorld.center, address: "Kenyatta Avenue")
        body.destination = Place(point: JobsWorld.north(3), address: "Thika Road")
        body.estimate = Money(minorUnits: 150_050)
        body.customer = .init(id: ObjectID(), number: 1, name: "Amina")
        body.provider = .init(id: ObjectID(), number: 2, name: "Juma")
        body.actor = .provider
        body.reason = "traffic"
        body.offerID = ObjectID()
        body.offerExpiresAt = Date(timeIntervalSince1970: 1_700_000_000)
        body.distanceKm = 1.5
        body.title = "t"
        body.text = "x"
        #expect(InboxBody(body.document) == body)
    }
}

private final class Heard: Sendable {
    private let state = Mutex((rung: [Int64](), written: [Int64](), own: [Bool](), resyncs: 0))
    var own: [Bool] { state.withLock { $0.own } }
    var rung: [Int64] { state.withLock { $0.rung } }
    var written: [Int64] { state.withLock { $0.written } }
    var resyncs: Int { state.withLock { $0.resyncs } }

    func note(_ event: InboxEvent) {
        state.withLock { state in
            switch event {
            case .rows(let rows): state.rung += rows.map(\.seq)
            case .written(_, let seq, _, let isOwn):
                state.written.append(seq)
                state.own.append(isOwn)
            case .resync: state.resyncs += 1
            }
        }
    }
}

extension JobsWorld {
    @discardableResult
    func append(_ entries: [InboxEntry]) async throws -> [InboxRow] {
        try await store.transaction { transaction in try inbox.append(entries, in: transaction) }
    }
}

extension InboxEntry {
    static func note(_ text: String, to caller: Caller, on route: InboxRoute = .customerJobs) -> Self {
        InboxEntry(
            recipient: caller.userID, kind: .message, routes: [route], body: InboxBody(title: "Note", text: text))
    }

    static func code(_ code: String, to caller: Caller) -> Self {
        InboxEntry(
            recipient: caller.userID, kind: .jobOTP, routes: [.customerJobs], body: InboxBody(message: "job.otp"),
            sealed: code)
    }
}
