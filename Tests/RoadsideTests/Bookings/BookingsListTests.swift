import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Finding bookings")
struct BookingsListTests {
    @Test("decision 9, F6: a booking and its job answer to the names of either, on every path")
    func names() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let stranger = try await world.customer("Stranger")
            let outsider = try await world.provider("Outsider", km: 100)
            let booking = try await world.book(at: nil, by: customer)
            await world.dispatch.settle()
            let names: [Reference] = [
                .id(booking.id), .number(booking.number), .id(booking.job.id), .number(booking.job.number),
            ]
            #expect(Set(names).count == 4)
            for name in names {
                for caller in [customer, provider, try await world.admin()] {
                    #expect(try await world.jobs.job(name, for: caller).id == booking.job.id)
                    #expect(try await world.bookings.booking(name, for: caller).id == booking.id)
                }
                for caller in [stranger, outsider] {
                    let unseen = try await refusalCode { _ = try await world.bookings.booking(name, for: caller) }
                    #expect(unseen == .notFound)
                    let hidden = try await refusalCode { _ = try await world.jobs.job(name, for: caller) }
                    #expect(hidden == .notFound)
                    let uncancelled = try await refusalCode { _ = try await world.jobs.cancel(name, by: caller) }
                    #expect(uncancelled == .notFound)
                }
            }
            _ = try await world.jobs.accept(names[1], by: provider)
            _ = try await world.jobs.cancel(names[0], by: provider)
            _ = try await world.jobs.assign(names[0], provider: .id(provider.userID), by: try await world.admin())
            let code = try #require(try await world.jobs.job(names[1], for: customer).startOTP)
            _ = try await world.jobs.start(names[1], otp: code, by: provider)
            #expect(try await world.bookings.complete(names[3], by: provider).id == booking.id)
        }
    }

    @Test("a job by a name of its own costs one query, by its booking's a second one")
    func queries() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let booking = try await world.book(by: customer)
            _ = try await world.store.client.run(["profile": .int32(2)])
            let profile = world.store.client.collection("system.profile")
            let asked: Document = [
                "ns": [
                    "$in": [.string("\(world.database.name).services"), .string("\(world.database.name).bookings")]
                ],
                "op": ["$in": ["query", "command"]],
            ]
            for (name, expected) in [
                (Reference.id(booking.job.id), 1), (.number(booking.job.number), 1), (.id(booking.id), 2),
                (.number(booking.number), 2),
            ] {
                let before = try await profile.count(asked)
                _ = try await world.jobs.reader.record(name, for: customer)
                #expect(try await profile.count(asked) == before + expected)
            }
            _ = try await world.store.client.run(["profile": .int32(0)])
        }
    }

    @Test("a job without an appointment shows as a booking without a time, under its own names")
    func plainJob() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let job = try await world.open(by: customer)
            let booking = try await world.bookings.booking(.number(job.number), for: customer)
            #expect(booking.id == job.id && booking.number == job.number)
            #expect(booking.scheduledTime == nil && booking.createdAt == job.createdAt)
            #expect(try await world.bookings.history(customer, .page(1)).items.isEmpty)
        }
    }

    @Test("D13: everybody lists his own, newest first; a mechanic those he holds or held, staff all")
    func byRole() async throws {
        try await JobsWorld.with { world in
            let (one, two) = try await (world.customer("One"), world.customer("Two"))
            let provider = try await world.provider()
            // The order is that of the bookings, not of the jobs they point at.
            let (early, late) = (try await world.open(by: one), try await world.open(by: one))
            let first = try await world.book(late, by: one)
            let second = try await world.book(early, by: one)
            let third = try await world.book(at: nil, by: two)
            func listed(_ caller: Caller) async throws -> [ObjectID] {
                try await world.bookings.history(caller, .page(1)).items.map(\.id)
            }
            #expect(try await listed(one) == [second.id, first.id])
            #expect(try await listed(two) == [third.id])
            #expect(try await listed(world.admin()) == [third.id, second.id, first.id])
            #expect(try await listed(provider).isEmpty)

            _ = try await world.bookings.accept(.id(third.id), by: provider)
            #expect(try await listed(provider) == [third.id])
            _ = try await world.bookings.cancel(.id(third.id), by: two)
            #expect(try await listed(provider) == [third.id])
            _ = try await world.bookings.accept(.id(first.id), by: provider)
            #expect(try await listed(provider) == [third.id, first.id])
            _ = try await world.bookings.cancel(.id(first.id), by: provider)
            #expect(try await listed(provider) == [third.id])
            let partner = Caller(
                userID: ObjectID(), role: .partner, sessionID: ObjectID(), sessionVersion: 1, expiresAt: Date())
            let refused = try await refusalCode { _ = try await world.bookings.history(partner, .page(1)) }
            #expect(refused == .forbidden)
        }
    }

    @Test("D13: slices by cursor have no gap and no double, whatever is booked meanwhile, and equal times neither")
    func cursor() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let moment = Date(timeIntervalSince1970: 1_760_000_000)
            var expected: [ObjectID] = []
            for number in 0..<23 {
                let booking = try await world.book(by: customer)
                // Five of them in one millisecond.
                try await world.store.bookings.updateOne(
                    ["_id": .id(booking.id)],
                    ["$set": ["created_at": .date(moment.addingTimeInterval(Double(number / 5)))]])
                expected.append(booking.id)
            }
            expected.reverse()
            var seen: [ObjectID] = []
            var cursor: String?
            repeat {
                let page = try await world.bookings.history(customer, .after(cursor, limit: 4))
                seen += page.items.map(\.id)
                cursor = page.nextCursor
                _ = try await world.book(by: customer)
            } while cursor != nil
            #expect(seen.filter(expected.contains) == expected)
            #expect(Set(seen).count == seen.count)
            let foreign = try await refusalCode {
                _ = try await world.bookings.history(customer, .after("nonsense", limit: 4))
            }
            #expect(foreign == .validation)
        }
    }

    @Test(
        "every list and every name walks an index", arguments: ["customer_id", "mechanic_id", "number", "job_id", nil])
    func plans(field: String?) async throws {
        try await JobsWorld.with { world in
            let id = ObjectID()
            try await world.store.bookings.insert(
                contentsOf: (0..<200).map { index in
                    [
                        "number": .int64(Int64(index)), "job_id": .id(ObjectID()), "customer_id": .id(id),
                        "mechanic_id": .id(id), "created_at": .date(Date()),
                    ]
                })
            var find: Document = ["find": "bookings"]
            if let field { find.append("filter", .document(Document(fields: [(field, .id(id))]))) }
            if field != "number", field != "job_id" { find.append("sort", ["created_at": -1, "_id": -1]) }
            find.append("limit", .int32(11))
            let plan = try await world.store.client.run([
                "explain": .document(find), "verbosity": "queryPlanner",
            ])
            let text = plan.debugDescription
            #expect(text.contains("IXSCAN"))
            #expect(!text.contains("COLLSCAN") && !text.contains("\"SORT\""))
        }
    }
}
