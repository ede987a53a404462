import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Reading one booking")
struct BookingsReadTests {
    @Test("a finished booking costs its customer one query, by the name its path speaks of, and two by the other")
    func queries() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let booking = try await world.finished(by: provider, for: customer)
            // As the session gate does before every request; that it knows no such session is no matter here.
            try? await world.dependencies.gate.check(customer, at: world.dependencies.now())
            _ = try await world.store.client.run(["profile": .int32(2)])
            let profile = world.store.client.collection("system.profile")
            let asked: Document = [
                "ns": ["$ne": .string("\(world.database.name).system.profile")], "op": ["$in": ["query", "command"]],
            ]
            for (name, kind, expected) in [
                (Reference.id(booking.id), JobName.booking, 1), (.number(booking.number), .booking, 1),
                (.id(booking.job.id), .job, 1), (.number(booking.job.number), .job, 1),
                (.id(booking.job.id), .booking, 2), (.number(booking.number), .job, 2),
            ] {
                let before = try await profile.count(asked)
                let job = try await world.jobs.reader.job(name, kind, for: customer)
                #expect(job.id == booking.job.id && job.bookingID == booking.id)
                #expect(try await profile.count(asked) == before + expected, "\(name) \(kind)")
            }
            _ = try await world.store.client.run(["profile": .int32(0)])
        }
    }

    @Test("decision 14: a finished job shows everybody from its snapshots what reading its people would show")
    func snapshots() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let rating: Document = ["sum": .int64(9), "count": .int64(2), "avg": .double(4.5)]
            try await world.store.mechanics.updateOne(
                ["_id": .id(provider.userID)], ["$set": ["rating": .document(rating)]])
            let booking = try await world.finished(by: provider, for: customer)
            let viewers = [customer, provider, try await world.admin()]
            var told: [Job] = []
            for viewer in viewers { told.append(try await world.jobs.job(.id(booking.job.id), for: viewer)) }
            #expect(told[0].provider?.rating == 4.5 && told[0].provider?.ratingCount == 2)
            #expect(told[0].provider?.phone == ContactRules.masked(phone: "+254712345678"))

            // As jobs were kept before: whoever is shown is read.
            let kept = ["phone", "email", "rating"].flatMap { ["customer.\($0)", "provider.\($0)"] }
            let update: Document = ["$unset": .document(Document(fields: kept.map { ($0, "") }))]
            try await world.store.services.updateOne(["_id": .id(booking.job.id)], .document(update))
            for (viewer, job) in zip(viewers, told) {
                let read = try await world.jobs.job(.id(booking.job.id), for: viewer)
                #expect(job.customer == read.customer && job.provider == read.provider, "\(viewer.role)")
                #expect(job.distanceKm == read.distanceKm)
            }
        }
    }

    @Test("decision 14: what a job keeps of its people is masked")
    func masked() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let booking = try await world.finished(by: provider, for: customer)
            let user = try #require(try await world.store.users.findOne(["_id": .id(customer.userID)]))
            let text = try await world.document(of: booking.job).debugDescription
            for secret in [user.get("phone") ?? "", user.get("email") ?? "", "+254712345678", "juma@example.com"] {
                #expect(!secret.isEmpty && !text.contains(secret))
            }
        }
    }

    @Test("a change of one's own name is seen at once in one's finished jobs")
    func ownName() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider())
            let booking = try await world.finished(by: provider, for: customer)
            let gate = world.dependencies.gate
            try? await gate.check(customer, at: world.dependencies.now())
            try await world.store.users.updateOne(["_id": .id(customer.userID)], ["$set": ["name": "New Name"]])
            #expect(try await world.jobs.job(.id(booking.job.id), for: customer).customer.name == "Amina Otieno")
            gate.forget(customer.userID)
            #expect(try await world.jobs.job(.id(booking.job.id), for: customer).customer.name == "New Name")
        }
    }
}

extension JobsWorld {
    /// A booking that this provider has worked off.
    fileprivate func finished(by provider: Caller, for customer: Caller) async throws -> Booking {
        let booking = try await book(at: nil, notes: "Blue gate", by: customer)
        _ = try await jobs.accept(.id(booking.job.id), by: provider)
        let code = try #require(try await jobs.job(.id(booking.job.id), for: customer).startOTP)
        _ = try await jobs.start(.id(booking.job.id), otp: code, by: provider)
        return try await bookings.complete(.id(booking.id), by: provider)
    }
}
