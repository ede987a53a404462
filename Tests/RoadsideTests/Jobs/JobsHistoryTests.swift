import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("D9, D16: lists of jobs by cursor")
struct JobsHistoryTests {
    @Test(
        "no gap and no double, among jobs of one moment and while others are opened, for customers and for staff",
        arguments: [(true, 1), (true, 4), (false, 3), (false, 100)])
    func slices(forStaff: Bool, limit: Int) async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let reader = forStaff ? try await world.admin() : customer
            let filter = JobFilter(serviceType: forStaff ? "breakdown" : nil)
            let moment = Date(timeIntervalSince1970: 1_760_000_000)
            var expected: [ObjectID] = []
            for number in 0..<13 {
                let job = try await world.open(by: customer)
                // Five of them in one millisecond.
                try await world.store.services.updateOne(
                    ["_id": .id(job.id)],
                    ["$set": ["created_at": .date(moment.addingTimeInterval(Double(number / 5)))]])
                expected.append(job.id)
            }
            expected.reverse()
            var seen: [ObjectID] = []
            var cursor: String?
            var slices = 0
            repeat {
                let page = try await world.jobs.history(reader, .after(cursor, limit: limit), filter: filter)
                #expect(page.items.count <= limit && page.perPage == limit)
                #expect(page.total == 13 + slices)
                seen += page.items.map(\.id)
                cursor = page.nextCursor
                slices += 1
                _ = try await world.open(by: customer)
            } while cursor != nil
            #expect(seen == expected)
            #expect(slices == (13 + limit - 1) / limit)
        }
    }
}
