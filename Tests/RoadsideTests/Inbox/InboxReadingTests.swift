import BSON
import Foundation
import Mongo
import MongoTesting
import Testing

@testable import Roadside

@Suite("Many who read their inboxes at once are read for together")
struct InboxReadingTests {
    /// Somebody's reading and the seqs it must bring.
    private struct Expectation: Sendable {
        let reading: InboxReading
        let seqs: [Int64]
        let head: Int64?
    }

    private func check(_ expectations: [Expectation], in world: JobsWorld) async throws {
        let inbox = world.inbox
        let results = await together(expectations.count) { try await inbox.read(expectations[$0].reading) }
        for (expectation, result) in zip(expectations, results) {
            let batch = try result.get()
            #expect(batch.rows.map(\.seq) == expectation.seqs, "\(expectation.reading)")
            #expect(Set(batch.rows.map(\.recipient)).subtracting([expectation.reading.recipient]).isEmpty)
            #expect(batch.head == expectation.head, "\(expectation.reading)")
        }
    }

    @Test("each gets what he would get alone: his scope, above his place, in order")
    func alike() async throws {
        try await JobsWorld.with { world in
            var expectations: [Expectation] = []
            for index in 0..<30 {
                let recipient = try await world.customer()
                let user = recipient.userID
                try await world.append([
                    .note("1", to: recipient), .note("2", to: recipient, on: .providerJobs),
                    .note("3", to: recipient), .note("4", to: recipient), .code("471199", to: recipient),
                ])
                try await world.inbox.receipt(recipient: user, route: .customerJobs, upTo: 3)
                try await world.store.notifications.updateOne(
                    ["recipient_id": .id(user), "seq": 4],
                    ["$set": ["expires_at": .date(Date().addingTimeInterval(-1))]])
                let after = Int64(index % 4)
                expectations += [
                    Expectation(
                        reading: .init(.unconfirmed(.customerJobs), of: user, after: 0), seqs: [5], head: 5),
                    Expectation(reading: .init(.unconfirmed(nil), of: user, after: 0), seqs: [2, 5], head: 5),
                    Expectation(
                        reading: .init(.told(.customerJobs), of: user, after: after),
                        seqs: [1, 3, 5].filter { $0 > after }, head: 5),
                    Expectation(
                        reading: .init(.everything, of: user, after: after), seqs: [1, 2, 3, 5].filter { $0 > after },
                        head: nil),
                    Expectation(reading: .init(.told(nil), of: user, after: 9), seqs: [], head: 5),
                    Expectation(reading: .init(.everything, of: user, after: 5), seqs: [], head: nil),
                ]
            }
            expectations.append(.init(reading: .init(.told(nil), of: ObjectID(), after: 0), seqs: [], head: 0))
            try await check(expectations.shuffled(), in: world)
            for expectation in expectations.prefix(6) { try await check([expectation], in: world) }
            let codes = try await world.inbox.read(expectations[0].reading).rows.map(\.otp)
            #expect(codes == ["471199"])
        }
    }

    @Test("more rows than a query may bring: everybody gets his batch, and nobody is skipped")
    func glut() async throws {
        try await JobsWorld.with { world in
            var expectations: [Expectation] = []
            for index in 0..<24 {
                let recipient = try await world.customer()
                let count = index.isMultiple(of: 8) ? 150 : 60 + index % 8
                for start in stride(from: 0, to: count, by: 50) {
                    try await world.append((start..<min(start + 50, count)).map { .note("\($0)", to: recipient) })
                }
                for after in [0, Int64(index)] {
                    let seqs = Array((after + 1)...Int64(count)).prefix(Inbox.batch)
                    for scope in [InboxReading.Scope.told(.customerJobs), .unconfirmed(.customerJobs)] {
                        expectations.append(
                            .init(
                                reading: .init(scope, of: recipient.userID, after: after), seqs: Array(seqs),
                                head: Int64(count)))
                    }
                }
            }
            try await check(expectations, in: world)
        }
    }

    @Test("two hundred who come back at once, each with a place of his own, cost a few queries")
    func few() async throws {
        try await JobsWorld.with { world in
            var places: [(user: ObjectID, place: InboxHead)] = []
            for index in 0..<200 {
                let recipient = try await world.customer()
                try await world.append((0..<(3 + index % 3)).map { .note("\($0)", to: recipient) })
                let head = try await world.inbox.openHead(of: recipient.userID)
                places.append((recipient.userID, InboxHead(seq: Int64(index % 3), epoch: head.epoch)))
            }
            let (inbox, comers) = (world.inbox, places)
            let queries = try await queries(in: world) {
                let results = await together(comers.count) { index in
                    let (user, place) = comers[index]
                    let head = try await inbox.openHead(of: user)
                    let resumption = try await inbox.resume(recipient: user, from: place)
                    let batch = try await inbox.read(.init(.told(nil), of: user, after: place.seq))
                    return head.seq - place.seq == Int64(batch.rows.count) && resumption == .kept
                }
                let areRight = results.allSatisfy { $0.value == true }
                #expect(areRight)
            }
            // Five each if they were read for one by one.
            #expect(queries > 0 && queries <= 100, "\(queries)")
        }
    }

    /// How many queries of the inbox the database has answered meanwhile.
    private func queries(in world: JobsWorld, _ story: () async throws -> Void) async throws -> Int {
        let spaces = ["notifications", "inbox_heads"].map { BSONValue.string("\(world.database.name).\($0)") }
        let filter: Document = ["ns": ["$in": .array(spaces)]]
        _ = try await world.store.client.run(["profile": 1, "slowms": 1_000_000, "filter": .document(filter)])
        try await story()
        _ = try await world.store.client.run(["profile": 0])
        return try await world.store.client.collection("system.profile").count(filter)
    }
}
