import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("A seeding that is disturbed")
struct SeedingTroubleTests {
    private static let wish = CityWish(providers: 700, days: 2)

    @Test("a run that breaks off among the jobs leaves whole batches, and the next one completes it")
    func interruptedJobs() async throws {
        try await SeededCity.with { city in
            let run = try await city.seeding.begin("nairobi", Self.wish)
            let residents = try await city.seeding.residents(city.named, anchor: run.anchor)
            let cast = CityCast(plan: city.plan, named: city.named, randomSeed: run.randomSeed)
            let jobs = Seeding.Past(cast, run, residents: residents.compactMap(\.person)).jobs
            try #require(jobs.count > 600)
            // In the way of the second batch.
            try await city.store.services.insert(["_id": .id(jobs[550].id), "number": .int64(-1)])

            let collision = await code { try await city.build(Self.wish) }
            #expect(collision == .conflict)
            #expect(try await city.seeding.isInterrupted("nairobi"))
            #expect(try await city.store.services.count() == 501)
            try await city.checkRatings()

            try await city.store.services.deleteOne(["number": .int64(-1)])
            let report = try await city.build(CityWish())
            #expect(report.jobs == jobs.count)
            #expect(try await city.store.services.count() == jobs.count)
            #expect(try await city.store.mechanics.count() == 708)
            #expect(try await !city.seeding.isInterrupted("nairobi"))
            try await city.checkRatings()
            #expect(try await city.build(Self.wish).isUnchanged)
        }
    }

    @Test("two seedings at once share the work")
    func together() async throws {
        try await SeededCity.with { city in
            async let first = city.build(Self.wish)
            async let second = city.build(Self.wish)
            let reports = try await [first, second]
            #expect(reports[0].jobs == reports[1].jobs)
            #expect(try await city.store.mechanics.count() == 708)
            #expect(try await city.store.users.count() == 708 + 72 + 3)
            #expect(try await city.store.services.count() == reports[0].jobs)
            try await city.checkRatings()
        }
    }

    @Test("people who came first keep their addresses; whoever would collide is left out, with his jobs")
    func collisions() async throws {
        try await SeededCity.with { city in
            let cast = CityCast(plan: city.plan, named: city.named, randomSeed: CityWish.defaultRandomSeed)
            var early = Registration.customer()
            early.phone = cast.provider(3).phone
            let signIn = try await city.bench.accounts.register(early)
            var namesake = Registration.customer(2)
            namesake.email = "wairimu@fixoncall.example"
            _ = try await city.bench.accounts.register(namesake)

            let report = try await city.build()
            #expect(report.leftOut == 1)
            #expect(report.accounts.first { $0.email == namesake.email }?.isNew == false)
            #expect(try await city.store.mechanics.count() == 40 + 8 - 2)
            #expect(try await city.bench.accounts.account(signIn.account.id).email == early.email)
            #expect(try await city.store.services.count(["assigned_to": .id(cast.provider(3).id)]) == 0)
            try await city.checkRatings()
        }
    }

    @Test("named accounts of an earlier version are the ones that take part")
    func earlierAccounts() async throws {
        try await SeededCity.with { city in
            let person = try #require(city.named.people.first { $0.email == "kiptoo@fixoncall.example" })
            let profile = try #require(person.profile)
            let signIn = try await city.bench.accounts.register(
                Registration(
                    email: person.email, password: city.named.password, name: person.name, phone: person.phone,
                    role: .provider, specializations: profile.specializations, location: profile.location))
            try await city.build()
            #expect(try await city.store.users.count(["email": .string(person.email)]) == 1)
            #expect(try await city.store.services.count(["assigned_to": .id(signIn.account.id)]) > 0)
            #expect(try await city.store.services.count(["assigned_to": .id(person.id)]) == 0)
            try await city.checkRatings()
        }
    }
}
