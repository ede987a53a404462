import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("What the sides of a job say of each other")
struct ReviewsTests {
    /// A completed job and its two sides.
    private struct Done {
        let world: JobsWorld
        let customer: Caller
        let provider: Caller
        let job: Job
        let reviews: Reviews

        init(_ world: JobsWorld, provider: Caller? = nil) async throws {
            self.world = world
            customer = try await world.customer()
            self.provider = if let provider { provider } else { try await world.provider() }
            let (job, code) = try await world.accepted(by: self.provider, for: customer)
            _ = try await world.jobs.start(.id(job.id), otp: code, by: self.provider)
            self.job = try await world.jobs.complete(.id(job.id), by: self.provider)
            reviews = Reviews(world.dependencies, inbox: world.inbox)
        }

        func review(_ stars: Int = 5, comment: String? = nil, by caller: Caller? = nil) async throws -> Review {
            try await reviews.review(.id(job.id), stars: stars, comment: comment, by: caller ?? customer)
        }
    }

    @Test("T36: of twenty reviews of one side at once there is one, and the provider's average counts it once")
    func once() async throws {
        try await JobsWorld.with { world in
            let done = try await Done(world)
            let outcomes = await together(20) { _ in try await done.review(4) }
            #expect(outcomes.compactMap(\.value).count == 1)
            #expect(outcomes.compactMap(\.code) == Array(repeating: .conflict, count: 19))
            let profile = try await world.profile(of: done.provider)
            #expect(profile.rating == 4 && profile.ratingCount == 1)
            #expect(try await world.store.reviews.count() == 1)
            let told = try await world.messages(to: done.provider, about: done.job).filter { $0 == "review.received" }
            #expect(told.count == 1)
        }
    }

    @Test("the average is made of whole stars, and what a provider says of a customer makes none")
    func average() async throws {
        try await JobsWorld.with { world in
            let provider = try await world.provider()
            for stars in [5, 4, 4] { _ = try await Done(world, provider: provider).review(stars) }
            let rating = try await world.store.mechanics.findOne(["_id": .id(provider.userID)])?
                .get("rating", as: Document.self)
            #expect(rating?.get("sum") == 13 && rating?.get("count") == 3)
            #expect(try await world.profile(of: provider).rating == 13.0 / 3)
            let last = try await Done(world, provider: provider)
            let review = try await last.review(1, by: provider)
            #expect(review.side == .provider && review.subject == last.customer.userID)
            #expect(try await world.profile(of: provider).ratingCount == 3)
            let list = try await last.reviews.reviews(ofProvider: .id(provider.userID), .after(nil, limit: 2))
            #expect(list.items.map(\.stars) == [4, 4] && list.total == 3)
            let rest = try await last.reviews.reviews(
                ofProvider: .number(try await world.profile(of: provider).number), .after(list.nextCursor))
            #expect(rest.items.map(\.stars) == [5] && rest.nextCursor == nil)
        }
    }

    @Test("seven days later, before the end, and by anybody else there is no review")
    func refused() async throws {
        try await JobsWorld.with { world in
            let done = try await Done(world)
            let (stranger, other) = (try await world.customer(), try await world.provider())
            for caller in [stranger, other] {
                let refused = try await refusalCode { _ = try await done.review(by: caller) }
                #expect(refused == .notFound)
            }
            let admin = try await world.admin()
            let forbidden = try await refusalCode { _ = try await done.review(by: admin) }
            #expect(forbidden == .forbidden)
            let wrong = try await failure { _ = try await done.review(6, comment: String(repeating: "a", count: 1001)) }
            #expect(wrong?.fields.map(\.name) == ["stars", "comment"])
            let open = try await world.open(by: done.customer)
            let early = try await refusalCode {
                _ = try await done.reviews.review(.id(open.id), stars: 5, by: done.customer)
            }
            #expect(early == .conflict)
            _ = try await world.jobs.accept(.id(open.id), by: done.provider)
            let during = try await refusalCode {
                _ = try await done.reviews.review(.id(open.id), stars: 5, by: done.customer)
            }
            #expect(during == .conflict)
            try await world.store.services.updateOne(
                ["_id": .id(done.job.id)], ["$set": ["events.$[].at": .date(Date().addingTimeInterval(-8 * 86_400))]])
            let late = try await refusalCode { _ = try await done.review() }
            #expect(late == .conflict)
        }
    }
}
