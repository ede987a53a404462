import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

/// A database with a small city in it.
struct SeededCity {
    let bench: AccountsBench
    let seeding: Seeding
    let named: SeedAccounts
    let plan: CityPlan

    static func with(
        _ change: (inout RoadsideSettings) -> Void = { _ in }, _ body: (SeededCity) async throws -> Void
    ) async throws {
        let (named, plan) = (try SeedFiles.accounts(), try SeedFiles.plan())
        try await AccountsBench.with(change) { bench in
            try await body(
                SeededCity(
                    bench: bench,
                    seeding: Seeding(
                        bench.dependencies, passwords: bench.accounts.passwords, catalog: Catalog(bench.dependencies)),
                    named: named, plan: plan))
        }
    }

    @discardableResult
    func build(_ wish: CityWish = CityWish(providers: 40, days: 3)) async throws -> CityReport {
        try await seeding.build(plan, named: named, wish)
    }

    var store: Store { bench.store }

    /// Everything the seeding writes, with the numbers, which depend on the order of the runs, taken out.
    func contents(_ collection: MongoCollection) async throws -> [Document] {
        try await collection.find(sort: ["_id": 1]).map { document in
            Document(fields: document.filter { $0.key != "number" }.map { ($0.key, $0.value) })
        }
    }

    var all: [MongoCollection] {
        [store.users, store.mechanics, store.services, store.notifications, store.client.collection("reviews")]
    }

    /// Whether every provider's rating is exactly what his reviews add up to.
    func checkRatings() async throws {
        let reviews = try await store.client.collection("reviews").find()
        var stars: [ObjectID: [Int]] = [:]
        for review in reviews {
            stars[try review.require("to"), default: []].append(try review.require("stars"))
        }
        for mechanic in try await store.mechanics.find() {
            let rating: Document = try mechanic.require("rating")
            let own = stars[try mechanic.require("_id")] ?? []
            #expect(rating.get("sum") == own.reduce(0, +))
            #expect(rating.get("count") == own.count)
            let average: Double = try rating.require("avg")
            #expect(abs(average - (own.isEmpty ? 0 : Double(own.reduce(0, +)) / Double(own.count))) < 1e-9)
        }
    }
}

@Suite("Seeding a city")
struct SeedingTests {
    @Test("what is written is what the product itself reads: accounts, profiles, jobs, reviews, notices")
    func reads() async throws {
        try await SeededCity.with { city in
            let report = try await city.build()
            #expect(report.providers == 40 && report.customers == 60 && report.leftOut == 0 && !report.isUnchanged)
            let mechanics = try await city.store.mechanics.find().map { try ProviderProfile($0) }
            #expect(mechanics.count == 48)
            #expect(mechanics.allSatisfy { $0.location != nil && $0.fixAt == nil && $0.number > 0 })
            for document in try await city.store.mechanics.find() {
                let isDispatchable: Bool = try document.require("dispatchable")
                #expect(try ProviderProfile(document).isDispatchable == isDispatchable)
            }
            let users = try await city.store.users.find().map { try Account($0) }
            #expect(users.count == 48 + 62 + 3)
            #expect(users.allSatisfy { $0.isVerified && $0.isActive })

            let documents = try await city.store.services.find(sort: ["number": 1])
            let jobs = documents.compactMap(JobRecord.init)
            #expect(jobs.count == documents.count && jobs.count == report.jobs && jobs.count > 50)
            for job in jobs {
                #expect(job.status.isTerminal && job.search.nextTimerAt == nil && !job.customer.name.isEmpty)
                #expect((job.assignedTo == nil) == (job.provider == nil))
                let type = try #require(SeedFiles.reference().type(job.serviceType))
                let loaded = job.destination.map { job.pickup.point.distance(to: $0.point) } ?? 0
                #expect(job.estimate == PriceEstimate(for: type, loadedMetres: loaded).total)
            }
            #expect(jobs.map(\.createdAt) == jobs.map(\.createdAt).sorted(), "numbers rise with time")
            try await city.checkRatings()
            #expect(mechanics.contains { $0.ratingCount > 0 })
        }
    }

    @Test("a job of the past has only fields that a job of today has")
    func sameShape() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider(km: 0.5, ["towing"]))
            let destination = Place(point: JobsWorld.north(4), address: "Garage")
            let job = try await world.open(JobsWorld.request("towing", destination: destination), by: customer)
            _ = try await world.jobs.accept(.id(job.id), by: provider)
            let code = try #require(try await world.jobs.job(.id(job.id), for: customer).startOTP)
            _ = try await world.jobs.start(.id(job.id), otp: code, by: provider)
            _ = try await world.jobs.complete(.id(job.id), by: provider)
            let lived = try await world.document(of: job)

            let history = try CityHistoryTests.history(providers: 60).jobs(days: 3, anchor: CityHistoryTests.anchor)
            let towed = try #require(history.first { $0.type.code == "towing" && $0.status == .completed })
            let made = towed.document(
                number: 1, customer: .init(number: 1, name: "A"), provider: .init(number: 2, name: "B"),
                pricesVersion: "1.1.1.1.1", settings: world.dependencies.settings)
            let kinds = Dictionary(lived.map { ($0.key, $0.value.type) }) { first, _ in first }
            for (key, value) in made where key != "vehicle_info" {
                #expect(kinds[key] == value.type, "\(key) of a lived job is \(String(describing: kinds[key]))")
            }
            // Of these only a job that goes on has any use, or one whose way has not been learned from.
            #expect(Set(kinds.keys).subtracting(made.keys) == ["fee_terms", "watch", "way_metres"])
        }
    }

    @Test("everybody signs in with the one password, which was hashed once")
    func signIn() async throws {
        try await SeededCity.with { city in
            try await city.build(CityWish(providers: 3, days: 1))
            let cast = CityCast(plan: city.plan, named: city.named, randomSeed: CityWish.defaultRandomSeed)
            let people = city.named.people + [cast.provider(2), cast.customer(59)]
            for person in people {
                let signIn = try await city.bench.accounts.login(email: person.email, password: city.named.password)
                #expect(signIn.account.id == person.id && signIn.account.role == person.role)
            }
            let byPhone = try await city.bench.accounts.login(
                phone: cast.provider(0).phone, password: city.named.password)
            #expect(byPhone.account.provider?.specializations == cast.provider(0).profile?.specializations)
            let wrong = await code {
                _ = try await city.bench.accounts.login(email: people[0].email, password: "wrong")
            }
            #expect(wrong == .invalidCredentials)
        }
    }

    @Test("a second run changes nothing, not even what people have changed since")
    func idempotent() async throws {
        try await SeededCity.with { city in
            try await city.build()
            let cast = CityCast(plan: city.plan, named: city.named, randomSeed: CityWish.defaultRandomSeed)
            try await city.store.users.updateOne(
                ["_id": .id(cast.provider(0).id)], ["$set": ["name": "Changed", "email": "changed@example.com"]])
            try await city.store.mechanics.deleteOne(["_id": .id(cast.provider(1).id)])
            var before: [[Document]] = []
            for collection in city.all { before.append(try await city.contents(collection)) }
            let counters = try await city.store.counters.find(sort: ["_id": 1])

            city.bench.clock.advance(86_400)
            for wish in [CityWish(), CityWish(providers: 40, randomSeed: 254, days: 3), CityWish(providers: 5)] {
                let report = try await city.build(wish)
                #expect(report.isUnchanged && report.providers == 40)
                #expect(report.accounts.allSatisfy { !$0.isNew })
            }
            for (collection, documents) in zip(city.all, before) {
                #expect(try await city.contents(collection) == documents)
            }
            #expect(try await city.store.counters.find(sort: ["_id": 1]) == counters)
        }
    }

    @Test("two databases of the same seed are equal, another seed's differs")
    func reproducible() async throws {
        func digest(_ seed: UInt64) async throws -> [String] {
            var lines: [String] = []
            try await SeededCity.with { city in
                // A clock that stands still makes the anchor the same.
                city.bench.clock.set(Date(timeIntervalSince1970: 1_900_000_000))
                try await city.build(CityWish(providers: 20, randomSeed: seed, days: 2))
                for collection in [city.store.mechanics, city.store.services, city.store.client.collection("reviews")] {
                    lines += try await city.store.client.collection(collection.name).find(sort: ["_id": 1])
                        .map(\.debugDescription)
                }
            }
            return lines
        }
        let (first, second, other) = try await (digest(1), digest(1), digest(2))
        #expect(first == second)
        #expect(Set(first).isDisjoint(with: other.filter { !$0.contains("@fixoncall.example\",\"kind\"") }))
    }

    @Test("another run with more providers adds the missing ones and nothing else")
    func growth() async throws {
        try await SeededCity.with { city in
            try await city.build()
            var before: [[Document]] = []
            for collection in city.all { before.append(try await city.contents(collection)) }
            let report = try await city.build(CityWish(providers: 700))
            #expect(!report.isUnchanged && report.providers == 700)
            #expect(try await city.store.mechanics.count() == 708)
            for (collection, documents) in zip(city.all, before) {
                let after = Dictionary(
                    try await city.contents(collection).map { ($0["_id"], $0) }, uniquingKeysWith: { first, _ in first }
                )
                #expect(documents.allSatisfy { after[$0["_id"]] == $0 })
                let grows = ["users", "mechanics"].contains(collection.name)
                #expect(after.count == documents.count + (grows ? 660 : 0))
            }
        }
    }

    @Test("another seed or other days are refused with a reason, and leave everything as it is")
    func anotherCity() async throws {
        try await SeededCity.with { city in
            try await city.build()
            for wish in [CityWish(randomSeed: 1), CityWish(days: 4)] {
                let error = await refusal { try await city.build(wish) }
                #expect(error?.code == .conflict)
                #expect(error?.message.contains(wish.days == nil ? "random seed 254" : "3 days") == true)
            }
            #expect(try await city.build(CityWish()).isUnchanged)
        }
    }

    @Test("production is refused before anything is written")
    func production() async throws {
        try await SeededCity.with({ $0.environment = .production }) { city in
            let built = await code { try await city.build() }
            let loaded = await code { _ = try await city.seeding.load(city.named) }
            #expect(built == .forbidden && loaded == .forbidden)
            let (people, records) = (try await city.store.users.count(), try await city.store.settings.count())
            #expect(people == 0 && records == 0)
        }
    }
}
