import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The inbox, for those who listen without a socket")
struct InboxListeningTests {
    /// Everything from a cursor on until nothing is left, batch by batch.
    private func all(
        _ world: JobsWorld, _ recipient: ObjectID, after seq: Int64? = nil
    ) async throws -> (seqs: [Int64], cursor: InboxCursor) {
        var cursor = try await world.inbox.cursor(of: recipient, after: seq)
        var seqs: [Int64] = []
        repeat { seqs += try await world.inbox.next(&cursor, of: recipient).map(\.seq) } while cursor.mayHaveMore
        return (seqs, cursor)
    }

    @Test("without a place: what nobody confirmed, whatever its route; behind it everything that comes")
    func replay() async throws {
        try await JobsWorld.with { world in
            let recipient = try await world.customer()
            let user = recipient.userID
            var loose = InboxEntry.note("3", to: recipient)
            loose.routes = []
            try await world.append([
                .note("1", to: recipient), .note("2", to: recipient, on: .providerOffers), loose,
                .note("4", to: recipient),
            ])
            try await world.inbox.receipt(recipient: user, route: .customerJobs, upTo: 4)
            let backlog = try await all(world, user)
            #expect(backlog.seqs == [2, 3] && backlog.cursor.seq == 4)
            var cursor = backlog.cursor
            // Confirmed by somebody else before it was looked at: a listener tells it all the same.
            try await world.append([.note("5", to: recipient)])
            try await world.inbox.receipt(recipient: user, route: .customerJobs, upTo: 5)
            let news = try await world.inbox.next(&cursor, of: user)
            let silence = try await world.inbox.next(&cursor, of: user)
            #expect(news.map(\.seq) == [5] && silence.isEmpty)
            let places: [(Int64, [Int64])] = [(0, [2, 3]), (3, [4, 5]), (5, []), (6, [2, 3])]
            for (place, expected) in places {
                let found = try await all(world, user, after: place).seqs
                #expect(found == expected, "after \(place)")
            }
        }
    }

    @Test("a backlog longer than a batch is read to its end, in order, with rows that only a newer version knows in it")
    func backlog() async throws {
        try await JobsWorld.with { world in
            let recipient = try await world.customer()
            for _ in 0..<3 { try await world.append((0..<50).map { .note("\($0)", to: recipient) }) }
            try await world.store.notifications.updateMany(
                ["recipient_id": .id(recipient.userID), "seq": ["$gt": 10, "$lte": 12]],
                ["$set": ["kind": "not.yet.known"]])
            let expected = Array(Int64(1)...10) + Array(13...150)
            for place in [nil, Int64(1)] {
                let found = try await all(world, recipient.userID, after: place).seqs
                #expect(found == (place == nil ? expected : Array(expected.dropFirst())))
            }
        }
    }

    @Test("a receipt covers rows of every route and of none; an alert that stands is told again all the same")
    func confirm() async throws {
        try await JobsWorld.with { world in
            let recipient = try await world.customer()
            let user = recipient.userID
            var alert = InboxEntry.note("2", to: recipient, on: .providerOffers)
            alert.kind = .offerNew
            var loose = InboxEntry.note("3", to: recipient)
            loose.routes = []
            try await world.append([.code("471199", to: recipient), alert, loose, .note("4", to: recipient)])
            try await world.inbox.confirm(recipient: user, upTo: 3)
            #expect(try await all(world, user).seqs == [2, 4])
            let rows = try await world.inbox.rows(recipient: user, after: 0)
            #expect(rows.map(\.otp) == [nil, nil, nil, nil])
            let received = rows.map { $0.receivedAt != nil }
            #expect(received == [true, true, true, false])
            let code = try await refusalCode { try await world.inbox.confirm(recipient: user, upTo: 5) }
            #expect(code == .validation)
            #expect(try await all(world, user).seqs == [2, 4])
        }
    }

    @Test("who has waited for longer than a request may last still reads")
    func ownDeadline() async throws {
        try await JobsWorld.with { world in
            let recipient = try await world.customer()
            try await world.append([.note("1", to: recipient)])
            var cursor = try await world.inbox.cursor(of: recipient.userID, after: nil)
            let rows = try await Deadline.$scoped.withValue(.after(.zero)) {
                try await world.inbox.next(&cursor, of: recipient.userID)
            }
            #expect(rows.map(\.seq) == [1])
        }
    }
}
