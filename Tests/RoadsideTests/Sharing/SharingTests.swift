import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Links by which others follow a job (U11)")
struct SharingTests {
    /// A job on its way, with a live position of its provider.
    private struct OnTheWay {
        let world: JobsWorld
        let sharing: Sharing
        let customer: Caller
        let provider: Caller
        let job: Job

        init(_ world: JobsWorld) async throws {
            self.world = world
            sharing = Sharing(world.dependencies)
            customer = try await world.customer()
            provider = try await world.provider(fixAt: Date())
            job = try await world.accepted(by: provider, for: customer).job
            try await isSeen()
        }

        /// The provider sends where he is.
        func isSeen(at moment: Date = Date()) async throws {
            try await world.store.mechanics.updateOne(
                ["_id": .id(provider.userID)], ["$set": ["fix_at": .date(moment)]])
        }

        func share(_ scope: ShareScope = .position) async throws -> (link: ShareLink, token: String) {
            try await sharing.share(.id(job.id), scope, by: customer)
        }

        func refusal(of token: String) async throws -> ErrorCode? {
            try await refusalCode { _ = try await sharing.job(behind: token) }
        }
    }

    @Test("a link shows what its scope says, counts its views, and keeps no token")
    func scopes() async throws {
        try await JobsWorld.with { world in
            let way = try await OnTheWay(world)
            let (status, position) = (try await way.share(.status), try await way.share(.position))
            let plain = try await way.sharing.job(behind: status.token)
            #expect(plain.status == .accepted && plain.position == nil && plain.arrival != nil)
            let whole = try await way.sharing.job(behind: position.token)
            #expect(whole.position?.point == JobsWorld.north(1))
            _ = try await way.sharing.job(behind: position.token)
            let links = try await way.sharing.links(of: .id(way.job.id), by: way.customer)
            #expect(Set(links.map(\.id)) == [status.link.id, position.link.id])
            #expect(links.first { $0.id == position.link.id }?.views == 2)
            let stored = try await world.store.shareLinks.find()
            for document in stored { #expect(!document.debugDescription.contains(position.token)) }
        }
    }

    @Test("it ends when it runs out, when it is taken back, and with the job")
    func ends() async throws {
        try await JobsWorld.with { world in
            let way = try await OnTheWay(world)
            let (old, revoked, kept) = (try await way.share(), try await way.share(), try await way.share())
            try await world.store.shareLinks.updateOne(
                ["_id": .id(old.link.id)], ["$set": ["expires_at": .date(Date())]])
            #expect(try await way.refusal(of: old.token) == .notFound)
            try await way.sharing.revoke(revoked.link.id, to: .id(way.job.id), by: way.customer)
            #expect(try await way.refusal(of: revoked.token) == .notFound)
            let twice = try await refusalCode {
                try await way.sharing.revoke(revoked.link.id, to: .id(way.job.id), by: way.customer)
            }
            #expect(twice == .notFound)
            #expect(try await way.refusal(of: kept.token) == nil)
            _ = try await world.jobs.cancel(.id(way.job.id), by: way.customer)
            #expect(try await way.refusal(of: kept.token) == .notFound)
            #expect(try await way.sharing.links(of: .id(way.job.id), by: way.customer).isEmpty)
            let late = try await refusalCode { _ = try await way.share() }
            #expect(late == .conflict)
            for nonsense in ["", "a", String(repeating: "A", count: 43), kept.token + "A"] {
                #expect(try await way.refusal(of: nonsense) == .notFound)
            }
        }
    }

    @Test("a base position is shown to nobody, and neither is the one of a provider who has lost the job")
    func noBase() async throws {
        try await JobsWorld.with { world in
            let way = try await OnTheWay(world)
            let token = try await way.share().token
            try await world.store.mechanics.updateOne(
                ["_id": .id(way.provider.userID)], ["$unset": ["fix_at": ""]])
            #expect(try await way.sharing.job(behind: token).position == nil)
            try await way.isSeen(at: Date(timeIntervalSinceNow: -3600))
            #expect(try await way.sharing.job(behind: token).position == nil, "where he was before he had the job")
            try await way.isSeen()
            #expect(try await way.sharing.job(behind: token).position != nil)
            _ = try await world.jobs.cancel(.id(way.job.id), by: way.provider)
            let searching = try await way.sharing.job(behind: token)
            #expect(searching.status == .matching && searching.position == nil)
        }
    }

    @Test("T1: only its customer shares a job, ten times at most however many come at once")
    func owner() async throws {
        try await JobsWorld.with { world in
            let way = try await OnTheWay(world)
            let outcomes = await together(15) { _ in try await way.share() }
            #expect(outcomes.compactMap(\.value).count == ShareRules.mostLinks)
            #expect(Set(outcomes.compactMap(\.value).map(\.token)).count == ShareRules.mostLinks)
            let link = try #require(outcomes.compactMap(\.value).first?.link.id)
            let (stranger, admin) = (try await world.customer(), try await world.admin())
            let job = Reference.id(way.job.id)
            let shared = try await refusalCode { _ = try await way.sharing.share(job, .status, by: stranger) }
            let listed = try await refusalCode { _ = try await way.sharing.links(of: job, by: stranger) }
            let revoked = try await refusalCode { try await way.sharing.revoke(link, to: job, by: stranger) }
            #expect([shared, listed, revoked] == [.notFound, .notFound, .notFound])
            for caller in [way.provider, admin] {
                let refused = try await refusalCode { _ = try await way.sharing.share(job, .status, by: caller) }
                #expect(refused == .forbidden)
            }
            let long = try await refusalCode {
                _ = try await way.sharing.share(job, .status, for: 86_401, by: way.customer)
            }
            #expect(long == .validation)
        }
    }
}
