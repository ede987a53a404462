import BSON
import Foundation
import Gateways
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("D16: accounts switched off and on, providers approved and rejected")
struct AccountSwitchTests {
    @Test("D16: flips that meet each count once", arguments: [2, 7])
    func flips(count: Int) async throws {
        try await AdministrationBench.with { bench in
            let target = try await bench.accounts.register(.customer()).account
            let results = await together(count) { _ in
                try await bench.administration.setActive(.id(target.id), to: nil, by: bench.admin)
            }
            #expect(results.compactMap(\.value).count == count, "\(results.compactMap(\.code))")
            let answers = results.compactMap { $0.value?.account.isActive }
            let switchedOff = answers.count { !$0 }
            #expect(switchedOff == (count + 1) / 2, "each answer says what its own flip came to")
            let user = try #require(try await bench.store.users.findOne(["_id": .id(target.id)]))
            #expect(user.get("is_active") == count.isMultiple(of: 2))
            #expect(user.get("session_version") == (count + 1) / 2, "every second flip ends the sessions")
            #expect(
                try await bench.store.notifications.count(["recipient_id": .id(target.id), "kind": "session"])
                    == (count + 1) / 2)
        }
    }

    @Test("D16: setting a side twice is setting it once")
    func setting() async throws {
        try await AdministrationBench.with { bench in
            let target = try await bench.accounts.register(.customer()).account
            for wanted in [false, false, true, true] {
                let managed = try await bench.administration.setActive(.id(target.id), to: wanted, by: bench.admin)
                #expect(managed.account.isActive == wanted)
            }
            #expect(try await bench.store.users.findOne(["_id": .id(target.id)])?.get("session_version") == 1)
            for unknown in [Reference.id(ObjectID()), .number(99_999)] {
                let code = try await refusalCode {
                    _ = try await bench.administration.setActive(unknown, to: nil, by: bench.admin)
                }
                #expect(code == .notFound)
            }
        }
    }

    @Test("D16: nobody switches off himself, and the last admin stays")
    func lastAdmin() async throws {
        try await AdministrationBench.with { bench in
            for wanted in [nil, false] as [Bool?] {
                let myself = try await refusalCode {
                    _ = try await bench.administration.setActive(.id(bench.admin.userID), to: wanted, by: bench.admin)
                }
                #expect(myself == .conflict)
            }
            #expect(
                try await bench.administration.setActive(.id(bench.admin.userID), to: true, by: bench.admin)
                    .account.isActive)
            let last = try await refusalCode {
                _ = try await bench.accounts.setActive(false, account: bench.admin.userID)
            }
            #expect(last == .conflict, "not even the system")
        }
    }

    @Test("D16: of two admins who switch each other off at once, one stays, twenty times over")
    func mutual() async throws {
        try await AdministrationBench.with { bench in
            let other = try await bench.world.admin()
            let pair = [bench.admin, other]
            for round in 1...20 {
                let results = await together(2) { index in
                    try await bench.administration.setActive(
                        .id(pair[1 - index].userID), to: false, by: pair[index])
                }
                let codes = results.compactMap(\.code)
                #expect(codes == [.conflict], "round \(round)")
                #expect(try await bench.store.users.count(["roles": "admin", "is_active": true]) == 1)
                for admin in pair { _ = try await bench.accounts.setActive(true, account: admin.userID) }
            }
        }
    }

    @Test("D16: tokens, refresh tokens and passwords of a disabled account are refused; switched on, he signs in anew")
    func sessions() async throws {
        try await AdministrationBench.with { bench in
            let signIn = try await bench.accounts.register(.customer())
            _ = try await bench.accounts.authenticate(bearer: signIn.tokens.accessToken)
            _ = try await bench.administration.setActive(.id(signIn.account.id), to: nil, by: bench.admin)
            let token = await code { _ = try await bench.accounts.authenticate(bearer: signIn.tokens.accessToken) }
            let refresh = await code { _ = try await bench.accounts.refresh(signIn.tokens.refreshToken) }
            let login = await code {
                _ = try await bench.accounts.login(
                    email: signIn.account.email, password: AccountsBench.password)
            }
            #expect(token == .accountDisabled)
            #expect(refresh == .invalidToken || refresh == .accountDisabled)
            #expect(login == .accountDisabled)

            _ = try await bench.administration.setActive(.id(signIn.account.id), to: nil, by: bench.admin)
            let old = await code { _ = try await bench.accounts.authenticate(bearer: signIn.tokens.accessToken) }
            #expect(old == .invalidToken, "an ended session does not come back to life")
            let again = try await bench.accounts.login(
                email: signIn.account.email, password: AccountsBench.password)
            _ = try await bench.accounts.authenticate(bearer: again.tokens.accessToken)
        }
    }

    @Test("D16: a disabled provider is found by no search, gets no offer and takes no job; switched on, he does")
    func provider() async throws {
        try await AdministrationBench.with { bench in
            let provider = try await bench.world.provider()
            let customer = try await bench.world.customer()
            func isFound() async throws -> Bool {
                try await bench.world.tracking.nearby(JobsWorld.center, for: nil)
                    .contains { $0.id == provider.userID }
            }
            #expect(try await isFound())
            _ = try await bench.administration.setActive(.id(provider.userID), to: false, by: bench.admin)
            #expect(try await isFound() == false)
            let job = try await bench.world.open(by: customer)
            await bench.world.dispatch.settle()
            #expect(try await bench.world.offers(of: job).isEmpty)
            let refused = try await refusalCode { _ = try await bench.world.jobs.accept(.id(job.id), by: provider) }
            #expect(refused == .providerNotEligible)

            _ = try await bench.administration.setActive(.id(provider.userID), to: true, by: bench.admin)
            #expect(try await isFound())
            #expect(try await bench.world.offers(of: job) == [provider.userID: "offered"], "what is open is offered")
            _ = try await bench.world.jobs.accept(.id(job.id), by: provider)
        }
    }

    @Test("decision 20: approval is told and brings the open jobs; the same verdict again is no news")
    func approval() async throws {
        try await AdministrationBench.with { bench in
            let provider = try await bench.world.provider(isVerified: false)
            let job = try await bench.world.open(by: try await bench.world.customer())
            await bench.world.dispatch.settle()
            for _ in 1...2 {
                let managed = try await bench.administration.vet(.id(provider.userID), .approved, by: bench.admin)
                #expect(managed.vetting == ManagedAccount.Vetting(state: .verified, reason: nil))
            }
            let rows = try await bench.world.inbox.list(recipient: provider.userID, .page(1)).items
            #expect(rows.map(\.kind) == [.offerNew, .message])
            #expect(rows.last?.body.message == "provider.approved")
            #expect(try await bench.world.offers(of: job) == [provider.userID: "offered"])
        }
    }

    @Test("decision 20: a rejection needs a reason, which is told; a job in hand stays, and is the last")
    func rejection() async throws {
        try await AdministrationBench.with { bench in
            let provider = try await bench.world.provider()
            let customer = try await bench.world.customer()
            let (job, otp) = try await bench.world.accepted(by: provider, for: customer)
            for reason in ["", "  \n", String(repeating: "x", count: 501)] {
                let refused = try await refusalCode {
                    _ = try await bench.administration.vet(
                        .id(provider.userID), .rejected(reason: reason), by: bench.admin)
                }
                #expect(refused == .validation)
            }
            let managed = try await bench.administration.vet(
                .id(provider.userID), .rejected(reason: " $licence \u{7}expired "), by: bench.admin)
            #expect(managed.vetting == ManagedAccount.Vetting(state: .rejected, reason: "$licence expired"))
            let row = try await bench.world.inbox.list(recipient: provider.userID, .page(1)).items.first
            #expect(row?.body.message == "provider.rejected" && row?.body.reason == "$licence expired")

            _ = try await bench.world.jobs.start(.id(job.id), otp: otp, by: provider)
            _ = try await bench.world.jobs.complete(.id(job.id), by: provider)
            let profile = try await bench.store.mechanics.findOne(["_id": .id(provider.userID)])
            #expect(profile?.get("availability") == "available")
            #expect(profile?.get("dispatchable") == false)
            let nobody = try await refusalCode {
                _ = try await bench.administration.vet(.id(customer.userID), .approved, by: bench.admin)
            }
            #expect(nobody == .notFound)
        }
    }
}
