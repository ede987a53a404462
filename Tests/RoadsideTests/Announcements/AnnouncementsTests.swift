import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Messages to many: everybody once, whatever dies in between")
struct AnnouncementsTests {
    private static let values: [String: TemplateValue] = [
        "road": .text("Uhuru Highway"), "day": .text("2027-03-31"), "until": .text("18:30"),
    ]

    private func draft(_ audience: Audience, key: String = "k-1") -> AnnouncementDraft {
        AnnouncementDraft(key: key, template: "road_closed", values: Self.values, audience: audience)
    }

    private func announcements(_ world: JobsWorld) -> Announcements {
        Announcements(world.dependencies, inbox: world.inbox)
    }

    /// People as they are stored, without the cost of their passwords.
    private func people(_ count: Int, _ role: Role = .customer, in world: JobsWorld) async throws -> [ObjectID] {
        let ids = (0..<count).map { _ in ObjectID() }
        try await world.store.users.insert(
            contentsOf: ids.enumerated().map { index, id in
                [
                    "_id": .id(id), "number": .int64(Int64(100_000 + index)), "roles": [.string(role.rawValue)],
                    "name": "Somebody", "email": .string("\(id)@example.com"), "is_active": true,
                    "created_at": .date(Date()),
                ]
            })
        return ids.sorted()
    }

    /// How many messages each of them has.
    private func messages(to ids: [ObjectID], in world: JobsWorld) async throws -> [Int] {
        var counts: [Int] = []
        for id in ids {
            counts.append(try await world.store.notifications.count(["recipient_id": .id(id), "kind": "message"]))
        }
        return counts
    }

    /// Works at what is due until nothing is.
    private func run(_ announcements: Announcements) async throws {
        while let id = try await announcements.claim() { try await announcements.tell(id) }
    }

    @Test("everybody of a role is told once, nobody else, and nobody who is switched off")
    func role() async throws {
        try await JobsWorld.with { world in
            let (admin, provider) = (try await world.admin(), try await world.provider())
            let customers = try await people(12, in: world)
            try await world.store.users.updateOne(["_id": .id(customers[3])], ["$set": ["is_active": false]])
            let announcements = announcements(world)
            let begun = try await announcements.start(draft(.role(.customer)), by: admin)
            #expect(begun.state == .running && begun.recipients == 11 && begun.told == 0)
            try await run(announcements)
            let done = try await announcements.announcement(begun.id, for: admin)
            #expect(done.state == .finished && done.told == 11 && done.finishedAt != nil)
            var expected = Array(repeating: 1, count: 12)
            expected[3] = 0
            #expect(try await messages(to: customers, in: world) == expected)
            #expect(try await messages(to: [admin.userID, provider.userID], in: world) == [0, 0])
            let row = try #require(try await world.inbox.list(recipient: customers[0], .page(1)).items.first)
            #expect(row.body.title == "Road closed: Uhuru Highway" && row.body.topic == "traffic")
            #expect(row.body.text == "Uhuru Highway is closed on 2027-03-31 until 18:30. Please take another way.")
            #expect(row.body.senderID == admin.userID && !row.isRead)
            let line = try await world.store.auditLog.find(["action": "announcement.started"])
            #expect(line.count == 1 && line.first?.get("subject_id") == begun.id)
        }
    }

    @Test("a server that dies in the middle is followed by one that goes on exactly there")
    func crash() async throws {
        let clock = MovableClock()
        try await JobsWorld.with(clock: clock) { world in
            let admin = try await world.admin()
            let customers = try await people(23, in: world)
            let first = announcements(world)
            let begun = try await first.start(draft(.role(.customer)), by: admin)
            #expect(try await first.claim() == begun.id)
            // Its third few break, as if the server had gone: the place and the rows of the first ten stand.
            let locked = try #require(try await self.locked(customers[10], in: world))
            let broken = try await failure { try await first.tell(begun.id) }
            #expect(broken != nil)
            try await locked()
            #expect(try await first.announcement(begun.id, for: admin).told == 10)
            #expect(try await messages(to: customers, in: world).reduce(0, +) == 10)
            // Nobody else takes it on before the lease is over.
            let second = announcements(world)
            #expect(try await second.claim() == nil)
            clock.advance(Announcements.lease)
            try await run(second)
            #expect(try await messages(to: customers, in: world) == Array(repeating: 1, count: 23))
            let done = try await second.announcement(begun.id, for: admin)
            #expect(done.state == .finished && done.told == 23)
            #expect(try await second.claim() == nil)
        }
    }

    /// Makes every message to somebody fail.
    ///
    /// - Returns: ends that.
    private func locked(
        _ recipient: ObjectID, in world: JobsWorld
    ) async throws -> (() async throws -> Void)? {
        // The row that will come next is there already, so that its insertion meets a unique index.
        let blocker = ObjectID()
        try await world.store.notifications.insert([
            "_id": .id(blocker), "recipient_id": .id(recipient), "seq": 1, "kind": "blocked",
            "created_at": .date(Date()), "body": [:], "routes": [],
        ])
        return {
            _ = try await world.store.notifications.deleteOne(["_id": .id(blocker)])
        }
    }

    @Test("D18: an admin begins twenty in an hour; a repetition is none, and the next hour is another one")
    func quota() async throws {
        let clock = MovableClock()
        try await JobsWorld.with(clock: clock) { world in
            let (admin, other) = (try await world.admin(), try await world.admin())
            let announcements = announcements(world)
            for index in 0..<SenderBudget.announcements.limit {
                _ = try await announcements.start(draft(.everybody, key: "k\(index)"), by: admin)
            }
            let refused = try await failure {
                _ = try await announcements.start(draft(.everybody, key: "one-more"), by: admin)
            }
            #expect(refused?.code == .rateLimited)
            let named = refused?.details.map { $0.0 } ?? []
            #expect(named == ["retry_after"])
            _ = try await announcements.start(draft(.everybody, key: "k0"), by: admin)
            _ = try await announcements.start(draft(.everybody, key: "others"), by: other)
            clock.advance(3600)
            _ = try await announcements.start(draft(.everybody, key: "one-more"), by: admin)
            #expect(try await world.store.announcements.count() == SenderBudget.announcements.limit + 2)
        }
    }

    @Test("two that work at one tell everybody once")
    func pair() async throws {
        try await JobsWorld.with { world in
            let admin = try await world.admin()
            let customers = try await people(41, in: world)
            let pair = [announcements(world), announcements(world)]
            let begun = try await pair[0].start(draft(.everybody), by: admin)
            let results = await together(2) { index in try await pair[index].tell(begun.id) }
            #expect(results.compactMap(\.value).count >= 1)
            try await world.store.announcements.updateOne(
                ["_id": .id(begun.id), "state": "running"], ["$set": ["next_at": .date(Date(timeIntervalSinceNow: -1))]]
            )
            try await run(pair[1])
            #expect(try await messages(to: customers, in: world) == Array(repeating: 1, count: 41))
            let done = try await pair[0].announcement(begun.id, for: admin)
            #expect(done.state == .finished && done.told == 42, "the admin, too")
        }
    }

    @Test("the same under the same key is the same, also when two ask at once; something else under it is refused")
    func keys() async throws {
        try await JobsWorld.with { world in
            let admin = try await world.admin()
            let customers = try await people(3, in: world)
            let announcements = announcements(world)
            let wanted = draft(.people(customers.map(Reference.id)))
            let begun = await together(4) { _ in try await announcements.start(wanted, by: admin).id }
            let ids = Set(begun.compactMap(\.value))
            #expect(ids.count == 1 && begun.compactMap(\.value).count == 4, "\(begun)")
            try await run(announcements)
            let again = try await announcements.start(wanted, by: admin)
            #expect(ids == [again.id] && again.state == .finished)
            try await run(announcements)
            #expect(try await messages(to: customers, in: world) == [1, 1, 1])
            let other = try await refusalCode { _ = try await announcements.start(draft(.everybody), by: admin) }
            #expect(other == .conflict)
            #expect(try await world.store.announcements.count() == 1)
            #expect(try await world.store.auditLog.count(["action": "announcement.started"]) == 1)
        }
    }

    @Test("named people are those who exist; an area has the providers in it, on duty or not")
    func audiences() async throws {
        try await JobsWorld.with { world in
            let admin = try await world.admin()
            let near = try await world.provider(km: 1)
            let off = try await world.provider(km: 2, availability: .offline)
            let far = try await world.provider(km: 12)
            let customer = try await world.customer()
            let announcements = announcements(world)
            let area = try await announcements.start(draft(.area(JobsWorld.center, radiusKm: 5), key: "a"), by: admin)
            #expect(area.recipients == 2)
            let number = try #require(
                try await world.store.users.findOne(["_id": .id(customer.userID)])?.get("number", as: Int64.self))
            let named = try await announcements.start(
                draft(.people([.number(number), .id(far.userID), .number(number)]), key: "b"), by: admin)
            #expect(named.recipients == 2)
            // Whoever leaves before his turn is passed over.
            try await world.store.users.deleteOne(["_id": .id(far.userID)])
            try await run(announcements)
            let all = [near, off, far, customer].map(\.userID)
            #expect(try await messages(to: all, in: world) == [1, 1, 0, 1])
            #expect(try await announcements.announcement(named.id, for: admin).state == .finished)
        }
    }

    @Test("wrong drafts are refused with every fault, and anybody but an admin; nothing is begun")
    func wrong() async throws {
        try await JobsWorld.with { world in
            let (admin, customer) = (try await world.admin(), try await world.customer())
            let announcements = announcements(world)
            func fields(_ draft: AnnouncementDraft) async throws -> [String] {
                try await failure { _ = try await announcements.start(draft, by: admin) }?.fields.map(\.name) ?? []
            }
            #expect(
                try await fields(
                    AnnouncementDraft(key: "a b", template: "promotion", values: [:], audience: .everybody))
                    == ["key", "parameters.percent", "parameters.code", "parameters.until"])
            #expect(
                try await fields(AnnouncementDraft(key: "k", template: "nothing", values: [:], audience: .everybody))
                    == ["template"])
            #expect(try await fields(draft(.people([]))) == ["audience.ids"])
            #expect(try await fields(draft(.people([.id(ObjectID())]))) == ["audience.ids"])
            #expect(try await fields(draft(.area(JobsWorld.center, radiusKm: 1e9))) == ["audience.area.radius_km"])
            let refused = try await refusalCode {
                _ = try await announcements.start(draft(.everybody), by: customer)
            }
            #expect(refused == .forbidden)
            #expect(try await world.store.announcements.count() == 0)
        }
    }

    @Test("no recipient is looked for by a walk through a collection")
    func plans() async throws {
        try await JobsWorld.with { world in
            let admin = try await world.admin()
            let customers = try await people(7, in: world)
            _ = try await world.provider()
            let announcements = announcements(world)
            try await world.store.client.run(["profile": 2])
            for (index, audience) in [
                Audience.everybody, .role(.customer), .people(customers.map(Reference.id)),
                .area(JobsWorld.center, radiusKm: 5),
            ].enumerated() {
                _ = try await announcements.start(draft(audience, key: "k\(index)"), by: admin)
            }
            try await run(announcements)
            try await world.store.client.run(["profile": 0])
            let scans = try await world.store.client.collection("system.profile").find(["planSummary": "COLLSCAN"])
            let commands = scans.map(\.debugDescription)
            #expect(commands == [])
        }
    }
}
