import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Finding a provider")
struct DispatchTests {
    @Test("everybody in the first ring who can do it is asked, and nobody else (domain 4.5)")
    func filters() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let near = try await world.provider("Near", km: 3)
            let edge = try await world.provider("Edge", km: 9.999)
            _ = try await world.provider("Just outside", km: 10.001)
            _ = try await world.provider("Stays at home", km: 5, radiusKm: 4.9)
            _ = try await world.provider("No skill", km: 1, ["towing"])
            _ = try await world.provider("Not approved", km: 1, isVerified: false)
            _ = try await world.provider("Off duty", km: 1, availability: .offline)
            _ = try await world.provider("On a break", km: 1, availability: .onBreak)
            _ = try await world.provider("Has a job", km: 1, availability: .busy)
            _ = try await world.provider("Silent", km: 1, fixAt: Date().addingTimeInterval(-121))
            let live = try await world.provider("Live", km: 2, fixAt: Date().addingTimeInterval(-60))

            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            let asked = try await world.offers(of: job)
            #expect(Set(asked.keys) == [near.userID, edge.userID, live.userID])
            #expect(Set(asked.values) == ["offered"])
            #expect(try await world.jobs.available(to: near).map(\.id) == [job.id])
        }
    }

    @Test("the alert says all that a provider needs, and no contact (E7, K37)")
    func alert() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider(km: 3.14, ["towing"])
            let garage = Place(point: JobsWorld.north(8), address: "Thika Road")
            let job = try await world.open(JobsWorld.request("towing", destination: garage), by: customer)
            await world.dispatch.settle()
            let row = try #require(try await world.rows(of: provider).first)
            #expect(row.kind == .offerNew)
            #expect(row.routes == [.providerOffers])
            #expect(row.body.jobNumber == job.number)
            #expect(row.body.pickup?.address == "Kenyatta Avenue")
            #expect(row.body.destination?.address == "Thika Road")
            #expect(row.body.estimate == job.estimate)
            #expect(row.body.distanceKm == 3.1)
            #expect(row.body.offerExpiresAt == row.expiresAt)
            #expect(row.body.customer?.name == "Amina Otieno")
            #expect(!row.body.document.debugDescription.contains("+2547"))
        }
    }

    @Test("the ring grows with time, and nobody is asked twice (K20, E11)")
    func ringGrows() async throws {
        try await JobsWorld.with(JobsWorld.searchesSlowly) { world in
            let customer = try await world.customer()
            let first = try await world.provider("First", km: 5)
            let second = try await world.provider("Second", km: 12)
            let third = try await world.provider("Third", km: 18)
            _ = try await world.provider("Never", km: 21, radiusKm: 50)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            #expect(Set(try await world.offers(of: job).keys) == [first.userID])
            for (seconds, expected) in [
                (3100.0, [first, second]), (6100, [first, second, third]), (20_000, [first, second, third]),
            ] {
                try await world.makeDue(
                    job, ["dispatch.started_at": .date(Date().addingTimeInterval(-seconds))])
                await world.dispatch.settle()
                #expect(Set(try await world.offers(of: job).keys) == Set(expected.map(\.userID)))
            }
            for provider in [first, second, third] { #expect(try await world.rows(of: provider).count == 1) }
        }
    }

    @Test("a crowd is asked five at a time, the best first, fifteen in a ring; a refusal makes room for the next (U6)")
    func crowd() async throws {
        try await JobsWorld.with(JobsWorld.searchesSlowly) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(20)
            let job = try await world.open(by: customer)
            for (seconds, count) in [(0.0, 5), (300, 5), (500, 10), (1000, 15), (2000, 15)] {
                try await world.makeDue(
                    job, ["dispatch.started_at": .date(Date().addingTimeInterval(-seconds))])
                await world.dispatch.settle()
                let asked = Set(try await world.offers(of: job).keys)
                #expect(asked == Set(providers.prefix(count).map(\.userID)), "after \(seconds) s")
            }
            try await world.jobs.decline(.id(job.id), by: providers[3])
            await world.dispatch.settle()
            #expect(Set(try await world.offers(of: job).keys) == Set(providers.prefix(16).map(\.userID)))
            try await world.makeDue(job, ["dispatch.started_at": .date(Date().addingTimeInterval(-4100))])
            await world.dispatch.settle()
            #expect(try await world.offers(of: job).count == 20)
        }
    }

    @Test(
        "who finishes a job is asked at once where somebody is wanted, and waits for the next batch where enough are asked"
    )
    func freed() async throws {
        try await JobsWorld.with(JobsWorld.searchesSlowly) { world in
            let (first, second, third) = try await (world.customer(), world.customer(), world.customer())
            let worker = try await world.provider("Worker", km: 0.5)
            let (job, _) = try await world.accepted(by: worker, for: first)
            await world.dispatch.settle()
            let others = try await world.providers(4)
            let wanting = try await world.open(by: second)
            await world.dispatch.settle()
            let fifth = try await world.provider("Fifth", km: 9)
            let full = try await world.open(by: third)
            await world.dispatch.settle()
            #expect(try await world.offers(of: wanting).count == 4)
            #expect(Set(try await world.offers(of: full).keys) == Set((others + [fifth]).map(\.userID)))

            _ = try await world.jobs.advance(.id(job.id), to: .completed, by: worker)
            await world.dispatch.settle()
            #expect(try await world.offers(of: wanting)[worker.userID] == "offered")
            #expect(try await world.offers(of: full)[worker.userID] == nil)
            // Nobody but these five was there, so it slept until its ring would grow.
            let search = try #require(JobRecord(try await world.document(of: full))).search
            #expect(try #require(search.nextTimerAt).timeIntervalSince(search.startedAt) <= 500)
            try await world.jobs.decline(.id(full.id), by: fifth)
            await world.dispatch.settle()
            #expect(try await world.offers(of: full)[worker.userID] == "offered")
        }
    }

    @Test("fault 4: however many searches are due, offers that have run out are ended first, and only those")
    func overdueFirst() async throws {
        try await JobsWorld.with(JobsWorld.searchesSlowly) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(3)
            var asked: [Job] = []
            for provider in providers.prefix(2) {
                var request = JobsWorld.request()
                request.preferredProvider = .id(provider.userID)
                asked.append(try await world.open(request, by: customer))
            }
            let search = try await world.open(by: customer)
            await world.dispatch.settle()
            let (late, running) = (asked[0], asked[1])
            _ = try await world.store.offers.updateOne(
                ["job_id": .id(late.id)], ["$set": ["expires_at": .date(Date(timeIntervalSinceNow: -1))]])
            try await world.makeDue(search, ["dispatch.started_at": .date(Date().addingTimeInterval(-3100))])

            await world.dispatch.fireOverdue()
            #expect(try await world.offers(of: late) == [providers[0].userID: "expired"])
            #expect(try await world.offers(of: running) == [providers[1].userID: "offered"])
            #expect(try await world.messages(to: providers[0], about: late).last == "offer.expired")
            #expect(try #require(JobRecord(try await world.document(of: late))).search.mode == .pick)
            let due = try #require(JobRecord(try await world.document(of: search))).search.nextTimerAt
            #expect(try #require(due) <= Date(), "nobody has searched yet")

            await world.dispatch.fireOverdue()
            #expect(try await world.messages(to: providers[0], about: late).filter { $0 == "offer.expired" }.count == 1)
        }
    }

    @Test("alerts go before the rest, and the rest never keeps everybody busy")
    func errands() async throws {
        try await JobsWorld.with { world in
            let job = try await world.open(by: world.customer())
            let record = try #require(JobRecord(try await world.document(of: job)))
            let errands = Errands()
            for _ in 0..<Errands.runners { errands.add(.trace {}) }
            errands.add(.firstTurn(record, nil))
            #expect(try #require(errands.next()).isUrgent)
            var underWay: [Errands.Errand] = []
            while let errand = errands.next() { underWay.append(errand) }
            #expect(!underWay.isEmpty && underWay.count < Errands.runners && underWay.allSatisfy { !$0.isUrgent })
            errands.add(.firstTurn(record, nil))
            #expect(try #require(errands.next()).isUrgent)
            errands.done(try #require(underWay.first))
            #expect(errands.next() != nil && errands.next() == nil)
        }
    }

    @Test("who declines is never asked again, not even after the job came back (U3)")
    func declined() async throws {
        try await JobsWorld.with(JobsWorld.searchesSlowly) { world in
            let customer = try await world.customer()
            let unwilling = try await world.provider("Unwilling")
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            try await world.jobs.decline(.id(job.id), reason: "Too far", by: unwilling)
            try await world.jobs.decline(.id(job.id), by: unwilling)
            #expect(try await world.offers(of: job) == [unwilling.userID: "declined"])
            let accepting = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: unwilling) }
            #expect(accepting == .offerDeclined)
            #expect(try await world.jobs.available(to: unwilling).isEmpty)

            let quitter = try await world.provider("Quitter")
            _ = try await world.jobs.accept(.id(job.id), by: quitter)
            let declining = try await refusalCode { try await world.jobs.decline(.id(job.id), by: unwilling) }
            #expect(declining == .jobAlreadyTaken)
            _ = try await world.jobs.cancel(.id(job.id), by: quitter)
            for seconds in [0.0, 3100, 6100] {
                try await world.makeDue(job, ["dispatch.started_at": .date(Date().addingTimeInterval(-seconds))])
                await world.dispatch.settle()
            }
            try await world.dispatch.offerOpenJobs(to: unwilling.userID)
            #expect(try await world.offers(of: job, attempt: 2).isEmpty)
        }
    }

    @Test("the provider the customer asked for is asked alone; when he declines, everybody is (A28, decision 21)")
    func preferred() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let chosen = try await world.provider("Chosen", km: 4)
            let other = try await world.provider("Other", km: 1)
            let job = try await world.open(JobsWorld.request(preferred: chosen.userID), by: customer)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [chosen.userID: "offered"])
            let refused = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: other) }
            #expect(refused == .notFound)
            let expiry = try await world.rows(of: chosen).first?.expiresAt
            let window = try #require(expiry).timeIntervalSince(job.createdAt)
            #expect((29...90).contains(window))

            try await world.jobs.decline(.id(job.id), by: chosen)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [chosen.userID: "declined", other.userID: "offered"])
        }
    }

    @Test("when the chosen provider stays silent his offer ends, he is told, and everybody is asked")
    func preferredSilent() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let chosen = try await world.provider("Chosen", km: 4)
            let other = try await world.provider("Other", km: 1)
            let job = try await world.open(JobsWorld.request(preferred: chosen.userID), by: customer)
            await world.dispatch.settle()
            try await world.store.offers.updateMany(
                ["job_id": .id(job.id)], ["$set": ["expires_at": .date(Date().addingTimeInterval(-1))]])
            try await world.makeDue(job)
            await world.dispatch.settle()
            #expect(try await world.offers(of: job) == [chosen.userID: "expired", other.userID: "offered"])
            #expect(try await world.messages(to: chosen, about: job).last == "offer.expired")
            let late = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: chosen) }
            #expect(late == .offerExpired)
            #expect(try await world.jobs.accept(.id(job.id), by: other).assignedTo == other.userID)
        }
    }

    @Test("a chosen provider who cannot come, or is considering another request, holds nobody up")
    func preferredUnavailable() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let chosen = try await world.provider("Chosen", km: 4)
            let other = try await world.provider("Other", km: 1)
            _ = try await world.open(JobsWorld.request(preferred: chosen.userID), by: customer)
            await world.dispatch.settle()
            let second = try await world.open(JobsWorld.request(preferred: chosen.userID), by: customer)
            await world.dispatch.settle()
            #expect(try await world.offers(of: second)[other.userID] == "offered")

            let away = try await world.provider("Away", availability: .offline)
            let third = try await world.open(JobsWorld.request(preferred: away.userID), by: customer)
            await world.dispatch.settle()
            #expect(try await world.offers(of: third)[other.userID] == "offered")
            #expect(try await world.offers(of: third)[away.userID] == nil)
        }
    }

    @Test("a search that has taken its whole time ends, and everybody concerned is told")
    func searchEnds() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            try await world.makeDue(job, ["dispatch.deadline": .date(Date().addingTimeInterval(-1))])
            await world.dispatch.settle()
            #expect(try await world.status(of: job) == "expired")
            #expect(try await world.messages(to: customer, about: job) == ["job.opened", "job.expired"])
            #expect(try await world.offers(of: job) == [provider.userID: "withdrawn"])
            #expect(try await world.rows(of: provider).last?.body.message == "offer.expired")
            let late = try await refusalCode { _ = try await world.jobs.accept(.id(job.id), by: provider) }
            #expect(late == .jobExpired)
            #expect(try await world.document(of: job).value(at: ["dispatch", "next_timer_at"]) == nil)
        }
    }

    @Test("cancelling takes every open offer back")
    func cancelWithdraws() async throws {
        try await JobsWorld.with(JobsWorld.asksAllAtOnce) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(12)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            await world.dispatch.settle()
            #expect(Set(try await world.offers(of: job).values) == ["withdrawn"])
            for provider in providers {
                #expect(try await world.rows(of: provider).last?.body.message == "offer.cancelled")
                let waiting = try await world.inbox.unreceipted(recipient: provider.userID, route: .providerOffers)
                #expect(waiting.map(\.kind) == [.offerWithdrawn], "no alert of a dead job is replayed")
            }
        }
    }

    @Test("the end of an offer is replayed only to who had confirmed its alert; everybody's list keeps it")
    func farewellOfTheUnheard() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let told = try await world.provider("Told")
            let unaware = try await world.provider("Unaware", km: 2)
            let job = try await world.open(by: customer)
            await world.dispatch.settle()
            try await world.inbox.receipt(recipient: told.userID, route: .providerOffers, upTo: 1)
            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            await world.dispatch.settle()
            for provider in [told, unaware] {
                let now = try await world.inbox.unreceipted(recipient: provider.userID, route: .providerOffers)
                #expect(now.map(\.kind) == [.offerWithdrawn], "an open socket hears it at once")
            }

            let settled = world.dependencies
            let later = Inbox(
                Dependencies(
                    client: world.database.client, settings: settled.settings, secrets: settled.secrets,
                    clock: { Date().addingTimeInterval(61) }, logger: settled.logger))
            let heard = try await later.unreceipted(recipient: told.userID, route: .providerOffers)
            #expect(heard.map(\.body.message) == ["offer.cancelled"])
            let unheard = try await later.unreceipted(recipient: unaware.userID, route: .providerOffers)
            #expect(unheard.isEmpty)
            let kept = try await world.store.notifications.find(
                ["recipient_id": .id(unaware.userID), "kind": "offer.withdrawn"])
            #expect(kept.count == 1)
        }
    }

    @Test("fault 3: four dispatchers over the same jobs ask everybody once")
    func several() async throws {
        try await JobsWorld.with(workers: 16, JobsWorld.asksAllAtOnce) { world in
            let customer = try await world.customer()
            let providers = try await world.providers(10)
            var jobs: [Job] = []
            for _ in 1...5 { jobs.append(try await world.open(by: customer)) }
            for job in jobs { try await world.makeDue(job) }
            _ = await together(4) { _ in
                await Dispatch(world.dependencies, inbox: world.inbox).settle()
            }
            for provider in providers {
                let rows = try await world.rows(of: provider)
                #expect(rows.count == 5)
                #expect(Set(rows.compactMap(\.body.jobID)) == Set(jobs.map(\.id)))
            }
        }
    }

    @Test("fault 3: a timer that a dead process had taken up is served when its lease is over")
    func deadProcess() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let job = try await world.open(by: customer)
            // As a process left it that died right after taking the timer up.
            try await world.store.services.updateOne(
                ["_id": .id(job.id)],
                ["$set": ["dispatch.next_timer_at": .date(Date().addingTimeInterval(600))]])
            let other = Dispatch(world.dependencies, inbox: world.inbox)
            #expect(await other.settle() == 0)
            try await world.makeDue(job)
            #expect(await other.settle() > 0)
            #expect(try await world.offers(of: job) == [provider.userID: "offered"])
        }
    }

    @Test("a dispatcher that runs is woken by a new job and by an acceptance (U25)")
    func running() async throws {
        try await JobsWorld.with { world in
            let service = Task { await world.dispatch.run() }
            defer { service.cancel() }
            let customer = try await world.customer()
            let winner = try await world.provider("Winner")
            let loser = try await world.provider("Loser", km: 2)
            let job = try await world.open(by: customer)
            try await eventually("both are asked") { try await world.offers(of: job).count == 2 }
            _ = try await world.jobs.accept(.id(job.id), by: winner)
            try await eventually("the loser's offer is taken back") {
                try await world.offers(of: job)[loser.userID] == "withdrawn"
            }
        }
    }

    @Test("a provider who connects is alerted once to each open job he could do (decision 21)")
    func connecting() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let job = try await world.open(by: customer)
            _ = try await world.open(JobsWorld.request("towing"), by: customer)
            let far = try await world.open(JobsWorld.request(km: 40), by: customer)
            await world.dispatch.settle()
            let provider = try await world.provider(km: 6)
            try await world.dispatch.offerOpenJobs(to: provider.userID)
            try await world.dispatch.offerOpenJobs(to: provider.userID)
            #expect(try await world.rows(of: provider).map(\.body.jobID) == [job.id])
            #expect(try await world.offers(of: far).isEmpty)
        }
    }

    @Test("an offer and an acceptance of the same job in the same moment leave no open offer behind")
    func offerAgainstAccept() async throws {
        try await JobsWorld.with(workers: 16) { world in
            let customer = try await world.customer()
            let callers = try await world.providers(13)
            let profiles = try await world.store.mechanics.find(sort: ["number": 1]).map { try ProviderProfile($0) }
            for _ in 1...20 {
                let job = try await world.open(by: customer)
                let record = try #require(JobRecord(try await world.document(of: job)))
                let results = await together(5) { index in
                    if index < 4 {
                        _ = try await world.dispatch.book.offer(
                            record, to: Array(profiles[index * 3..<index * 3 + 3]), mode: .broadcast)
                    } else {
                        _ = try await world.jobs.accept(.id(job.id), by: callers[12])
                        // Whatever was offered before the acceptance is taken back now; nothing may come after it.
                        await world.dispatch.settle()
                    }
                }
                let allWell = results.allSatisfy { $0.value != nil }
                #expect(allWell)
                let states = try await world.offers(of: job).values
                let accepted = states.filter { $0 == "accepted" }
                #expect(accepted.count == 1)
                #expect(!states.contains("offered"))
                _ = try await world.jobs.cancel(.id(job.id), by: customer)
            }
        }
    }
}
