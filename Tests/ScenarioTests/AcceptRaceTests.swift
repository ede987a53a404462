import BSON
import FixOnCallClient
import FixOnCallServer
import LiveBookings
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Many want one job")
struct AcceptRaceTests {
    @Test("fault 5: twenty accept at once, fifty times: one winner each, nineteen told why at once and notified")
    func oneWinnerEachTime() async throws {
        // All twenty are asked at once; fifteen is the default of a ring.
        try await TestServer.with({ ($0.dispatch.fanOut, $0.dispatch.staggerSeconds) = (20, 0) }) { server in
            let customer = try await server.customer()
            var providers: [Person] = []
            for number in 1...20 { providers.append(try await server.provider("Provider \(number)")) }
            var ears = [Ear]()
            for provider in providers {
                ears.append(Ear(try await provider.socket(LiveBookings.Path.availableBookings)))
            }

            for round in 1...50 {
                let job = try await customer.request()
                let number = try #require(job["number"]?.int)
                for ear in ears { try await ear.hear(alertOf: number) }

                let answers = try await withThrowingTaskGroup(of: (Int, Int, String?).self) { group in
                    for (index, provider) in providers.enumerated() {
                        group.addTask {
                            let answer = try await provider.ask("POST", "/api/services/\(number)/accept")
                            return (index, answer.status, answer.json?["code"]?.string)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                let winners = answers.filter { $0.1 == 200 }
                #expect(winners.count == 1, "round \(round): \(answers.map(\.1))")
                let losers = answers.filter { $0.1 != 200 }
                let allTold = losers.allSatisfy { $0.1 == 409 && $0.2 == "JOB_ALREADY_TAKEN" }
                #expect(allTold, "round \(round): \(losers)")
                for loser in losers { try await ears[loser.0].hear(withdrawalOf: number) }

                let winner = providers[try #require(winners.first).0]
                #expect(
                    try await winner.ask("PUT", "/api/services/\(number)/status", ["status": "in_progress"]).status
                        == 200)
                #expect(try await winner.ask("POST", "/api/services/\(number)/complete").status == 200)
            }
        }
    }

    @Test("fault 5: two accept at two servers at once, thirty times: one has it, the other is told why and notified")
    func fault5AcceptAtTwoServers() async throws {
        try await TestServer.withTwo { one, two in
            let customer = try await one.customer()
            let providers = try await [one.provider("Here"), two.provider("There")]
            let ears = try await [
                Ear(providers[0].socket(LiveBookings.Path.availableBookings)),
                Ear(providers[1].socket(LiveBookings.Path.availableBookings)),
            ]
            for round in 1...30 {
                let job = try await customer.request()
                let number = try #require(job["number"]?.int)
                for ear in ears { try await ear.hear(alertOf: number) }
                async let here = providers[0].ask("POST", "/api/services/\(number)/accept")
                async let there = providers[1].ask("POST", "/api/services/\(number)/accept")
                let answers = try await [here, there]
                try #require(answers.map(\.status).sorted() == [200, 409], "round \(round)")
                let loser = answers[0].status == 409 ? 0 : 1
                #expect(answers[loser].json?["code"]?.string == "JOB_ALREADY_TAKEN")
                try await ears[loser].hear(withdrawalOf: number)
                let id = try #require(job["id"]?.string.flatMap { ObjectID($0) })
                let accepted: Document = ["job_id": .id(id), "state": "accepted"]
                #expect(try await one.database.client.collection("offers").count(accepted) == 1)
                #expect(try await customer.ask("POST", "/api/services/\(number)/cancel").status == 200)
            }
        }
    }

    @Test("one provider accepts two jobs at once and gets one")
    func oneJobAtATime() async throws {
        try await TestServer.with { server in
            let (first, second, provider) = try await (server.customer(), server.customer(), server.provider())
            let numbers = try await [first.request()["number"]?.int, second.request()["number"]?.int].compactMap(\.self)
            async let one = provider.ask("POST", "/api/services/\(numbers[0])/accept")
            // A second connection, or the two requests would wait for each other in one.
            async let two = server.http().request(
                "POST", "/api/services/\(numbers[1])/accept", headers: [("Authorization", "Bearer \(provider.token)")])
            let answers = try await [one, two]
            #expect(answers.map(\.status).sorted() == [200, 409])
            let refused = answers.first { $0.status == 409 }
            #expect(refused?.json?["code"]?.string == "PROVIDER_BUSY")
        }
    }

    @Test("accept and cancel at once: whatever wins, both sides end up knowing it")
    func acceptAgainstCancel() async throws {
        try await TestServer.with { server in
            let provider = try await server.provider()
            for _ in 1...20 {
                let customer = try await server.customer()
                let job = try #require(try await customer.request()["id"]?.string)
                async let accepted = provider.ask("POST", "/api/services/\(job)/accept")
                async let cancelled = customer.ask("POST", "/api/services/\(job)/cancel", ["reason": "found help"])
                let (accept, cancel) = try await (accepted, cancelled)
                // The customer may cancel an accepted job, so his cancel always stands in the end.
                #expect(cancel.status == 200)
                #expect(
                    accept.status == 200 || (accept.status == 409 && accept.json?["code"]?.string == "JOB_CANCELLED"))
                let view = try await customer.ask("GET", "/api/services/\(job)")
                #expect(view.json?["data"]?["service"]?["status"]?.string == "cancelled")
                // And the provider is free for the next round, whichever way it went.
                let profile = try await provider.ask("GET", "/api/auth/profile")
                #expect(profile.json?["data"]?["user"]?["is_available"]?.bool == true)
            }
        }
    }
}
