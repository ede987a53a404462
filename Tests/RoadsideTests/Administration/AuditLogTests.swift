import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The audit log: who has done what")
struct AuditLogTests {
    /// Without the reference data that every world is given.
    private func entries(
        _ bench: AdministrationBench, _ filter: AuditFilter = AuditFilter()
    ) async throws -> [AuditEntry] {
        let log = AuditLog(bench.world.dependencies)
        let lines = try await log.page(filter, .page(1, perPage: 100), for: bench.admin).items
        return lines.filter { $0.action != .referenceInstalled }
    }

    @Test("each change is one line with both sides; what changes nothing leaves none")
    func accounts() async throws {
        try await AdministrationBench.with { bench in
            let target = try await bench.accounts.register(.customer()).account
            let provider = try await bench.world.provider(isVerified: false)
            var admin = bench.admin
            admin.origin = RequestOrigin(requestID: "r-1", address: "203.0.113.7")
            for wanted in [false, false, true] {
                _ = try await bench.administration.setActive(.id(target.id), to: wanted, by: admin)
            }
            for _ in 0..<2 { _ = try await bench.administration.vet(.id(provider.userID), .approved, by: admin) }
            _ = try await bench.administration.vet(.id(provider.userID), .rejected(reason: "Forged."), by: admin)
            let lines = try await entries(bench)
            #expect(
                lines.map(\.action).reversed() == [
                    .userSwitchedOff, .userSwitchedOn, .providerApproved, .providerRejected,
                ])
            let off = try #require(lines.last)
            #expect(off.subject == AuditSubject(.user, target.id))
            #expect(off.before == ["is_active": true] && off.after == ["is_active": false])
            #expect(off.actor?.id == bench.admin.userID && off.actor?.name != nil && off.role == .admin)
            #expect(off.requestID == "r-1" && off.address == "203.0.113.7")
            #expect(lines.first?.after == ["state": "rejected", "reasons": ["Forged."]])
            #expect(lines.first?.before == ["state": "verified", "reasons": []])
        }
    }

    @Test("a change that is refused leaves neither itself nor a line")
    func refused() async throws {
        try await AdministrationBench.with { bench in
            let myself = try await refusalCode {
                _ = try await bench.administration.setActive(.id(bench.admin.userID), to: false, by: bench.admin)
            }
            #expect(myself == .conflict)
            #expect(try await entries(bench).isEmpty)
        }
    }

    @Test("what staff do to a job is written down, what its parties do is not")
    func jobs() async throws {
        try await AdministrationBench.with { bench in
            let (customer, provider) = (try await bench.world.customer(), try await bench.world.provider())
            let job = try await bench.world.open(by: customer)
            _ = try await bench.world.jobs.assign(.id(job.id), provider: .id(provider.userID), by: bench.admin)
            _ = try await bench.world.jobs.advance(.id(job.id), to: .arrived, by: provider)
            _ = try await bench.world.jobs.cancel(.id(job.id), reason: "Flood", waivingFee: true, by: bench.admin)
            let lines = try await entries(bench, AuditFilter(subject: job.id))
            #expect(lines.map(\.action).reversed() == [.jobAssigned, .jobCancelled])
            #expect(lines.last?.before == ["status": "matching"])
            #expect(lines.last?.after == ["status": "accepted", "assigned_to": .id(provider.userID)])
            let end = lines.first?.after
            #expect(
                end?.get("status") == "cancelled" && end?.get("reason") == "Flood" && end?.get("fee_waived") == true)
        }
    }

    @Test("lines are found by who, what, whom and when, page by page, each by an index")
    func filters() async throws {
        try await AdministrationBench.with { bench in
            let people = [
                try await bench.accounts.register(.customer(1)).account,
                try await bench.accounts.register(.customer(2)).account,
            ]
            for person in people {
                for wanted in [false, true] {
                    _ = try await bench.administration.setActive(.id(person.id), to: wanted, by: bench.admin)
                }
            }
            let log = AuditLog(bench.world.dependencies)
            let all = try await entries(bench)
            #expect(all.count == 4)
            try await bench.store.client.run(["profile": 2])
            #expect(try await entries(bench, AuditFilter(actor: bench.admin.userID)).count == 4)
            #expect(try await entries(bench, AuditFilter(actor: ObjectID())).isEmpty)
            #expect(try await entries(bench, AuditFilter(subject: people[0].id)).count == 2)
            #expect(try await entries(bench, AuditFilter(action: .userSwitchedOff)).count == 2)
            #expect(try await entries(bench, AuditFilter(subject: people[1].id, action: .userSwitchedOn)).count == 1)
            let (first, last) = (try #require(all.last?.at), try #require(all.first?.at))
            #expect(try await entries(bench, AuditFilter(since: first, until: last + 1)).count == 4)
            #expect(try await entries(bench, AuditFilter(since: last + 1)).isEmpty)
            #expect(try await entries(bench, AuditFilter(until: first)).isEmpty)
            var (seen, cursor): ([ObjectID], String?) = ([], nil)
            repeat {
                let page = try await log.page(
                    AuditFilter(actor: bench.admin.userID), .after(cursor, limit: 3), for: bench.admin)
                seen += page.items.map(\.id)
                cursor = page.nextCursor
            } while cursor != nil
            #expect(seen == all.map(\.id))
            try await bench.store.client.run(["profile": 0])
            let plans = try await bench.store.client.collection("system.profile").find().compactMap {
                $0.get("planSummary", as: String.self)
            }
            let isScanned = plans.contains { $0.contains("COLLSCAN") }
            #expect(!isScanned)
            for key in ["actor_id: 1", "subject_id: 1", "action: 1", "created_at: -1"] {
                let isUsed = plans.contains { $0.contains(key) }
                #expect(isUsed, "\(key)")
            }
        }
    }

    @Test("nobody but an admin reads it")
    func roles() async throws {
        try await AdministrationBench.with { bench in
            for role in Role.allCases where role != .admin {
                let caller = Caller(
                    userID: ObjectID(), role: role, sessionID: ObjectID(), sessionVersion: 0, expiresAt: Date())
                let refused = try await refusalCode {
                    _ = try await AuditLog(bench.world.dependencies).page(
                        AuditFilter(), .page(1), for: caller)
                }
                #expect(refused == .forbidden, "\(role)")
            }
        }
    }

    @Test("what the command line does has the system for its author")
    func system() async throws {
        try await AdministrationBench.with { bench in
            let made = try await bench.accounts.createAdmin(
                email: "root@example.com", password: AccountsBench.password, name: "Root")
            let line = try #require(try await entries(bench, AuditFilter(action: .userCreated)).first)
            #expect(line.actor == nil && line.role == nil && line.subject.id == made.id)
            #expect(line.after == ["role": "admin"])
        }
    }
}
