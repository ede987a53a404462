import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Living in a seeded city")
struct SeededLifeTests {
    private func nearest(
        _ city: SeededCity, _ latitude: Double, _ longitude: Double, _ capability: String, limit: Int = 15
    ) async throws -> [String] {
        let center = try #require(GeoPoint(latitude: latitude, longitude: longitude))
        let found = try await ProviderSearch(dependencies: city.bench.dependencies).candidates(
            .init(center: center, metres: 10_000, capability: capability, limit: limit),
            for: JobNeed(capability: capability), of: ObjectID(), at: Date())
        return found.candidates.map(\.profile.email)
    }

    @Test("at Upper Hill Lucy Wairimu is the first to be asked, and near each named provider that one is")
    func namedFirst() async throws {
        try await SeededCity.with { city in
            try await city.build(CityWish(providers: 2000, days: 0))
            let asked = try await nearest(city, -1.2990, 36.8170, "breakdown")
            #expect(asked.count == 15)
            #expect(asked.first == "wairimu@fixoncall.example")
            for person in city.named.people {
                guard let profile = person.profile, let point = profile.location else { continue }
                for capability in profile.capabilities {
                    let first = try await nearest(city, point.latitude + 0.003, point.longitude, capability, limit: 1)
                    #expect(first == [person.email])
                }
            }
        }
    }

    @Test("a new job takes the next number, and histories page from it back to the first day")
    func histories() async throws {
        try await SeededCity.with { city in
            let report = try await city.build()
            let inbox = Inbox(city.bench.dependencies)
            let jobs = Jobs(
                city.bench.dependencies, inbox: inbox, dispatch: Dispatch(city.bench.dependencies, inbox: inbox))
            let last = try #require(try await city.store.services.find(sort: ["number": -1], limit: 1).first)
            let login = try await city.bench.accounts.login(
                email: "admin@fixoncall.example", password: city.named.password)
            let admin = try await city.bench.caller(login)
            let motorist = try await city.bench.caller(
                try await city.bench.accounts.login(email: "wanjiku@fixoncall.example", password: city.named.password))
            let opened = try await jobs.open(JobsWorld.request(), by: motorist).job
            #expect(opened.number == last.get("number").map { (number: Int64) in number + 1 })

            var seen: [Job] = []
            var page = try await jobs.history(admin, .after(nil, limit: 100))
            #expect(page.total == report.jobs + 1)
            while true {
                seen += page.items
                guard let cursor = page.nextCursor else { break }
                page = try await jobs.history(admin, .after(cursor, limit: 100))
            }
            #expect(seen.count == report.jobs + 1 && Set(seen.map(\.id)).count == seen.count)
            #expect(seen.first?.id == opened.id)
            #expect(seen.map(\.createdAt) == seen.map(\.createdAt).sorted(by: >))
            let isNamed = seen.dropFirst().allSatisfy { !$0.customer.name.isEmpty && $0.events.count >= 3 }
            #expect(isNamed)
        }
    }

    @Test("lists of notices are not empty, nothing of them waits to be pushed, and the next row follows on")
    func notices() async throws {
        try await SeededCity.with { city in
            try await city.build(CityWish(providers: 300))
            let inbox = Inbox(city.bench.dependencies)
            #expect(try await city.store.notifications.count(["unreceipted": true]) == 0)
            let motorist = try await city.bench.accounts.account(address: "wanjiku@fixoncall.example")
            let page = try await inbox.list(recipient: motorist.id, .page(1))
            #expect(!page.items.isEmpty && page.items.count <= 5)
            #expect(page.items.map(\.isRead) == [false] + page.items.dropFirst().map { _ in true })
            #expect(page.items.allSatisfy { $0.body.jobID != nil && $0.createdAt < city.bench.clock.now })
            #expect(page.items.map(\.createdAt) == page.items.map(\.createdAt).sorted(by: >))
            let rows = try await city.store.client.transaction { transaction in
                try inbox.append(
                    [
                        InboxEntry(
                            recipient: motorist.id, kind: .message, routes: [.customerJobs],
                            body: InboxBody(title: "a", text: "b"))
                    ], in: transaction)
            }
            #expect(rows.first?.seq == page.items.first.map { $0.seq + 1 })
        }
    }

    @Test("C14: CareConnect's three; from Johannesburg 10 km find the first, 20 km two, 60 km all (K34)")
    func careConnect() async throws {
        try await SeededCity.with { city in
            let three = try SeedFiles.accounts("careconnect")
            let made = try await city.seeding.load(three)
            #expect(made.map(\.isNew) == [true, true, true])
            #expect(made.map(\.name) == ["John Doe", "Jane Smith", "Mike Johnson"])
            let again = try await city.seeding.load(three)
            #expect(again.map(\.isNew) == [false, false, false])

            let documents = try await city.store.mechanics.find()
            #expect(documents.count == 3)
            let profiles = try documents.map { try ProviderProfile($0) }
            #expect(profiles.allSatisfy { $0.isVerified && $0.availability == .available && $0.isDispatchable })
            let center = try #require(GeoPoint(latitude: -26.2041, longitude: 28.0473))
            for (kilometres, count) in [(10.0, 1), (20, 2), (60, 3)] {
                let found = try await ProviderSearch(dependencies: city.bench.dependencies).nearby(
                    .init(center: center, metres: kilometres * 1000, limit: 10))
                #expect(found.map(\.name) == Array(made.map(\.name).prefix(count)))
            }
            for account in made {
                let signIn = try await city.bench.accounts.login(email: account.email, password: "password123")
                #expect(signIn.account.role == .provider)
            }
        }
    }
}
