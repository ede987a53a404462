import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Starting the work with the customer's code")
struct JobsStartTests {
    @Test("the code is for its customer's eyes, from acceptance to the start (K23)")
    func whoReadsTheCode() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let job = try await world.open(by: customer)
            #expect(try await world.jobs.job(.id(job.id), for: customer).startOTP == nil)
            _ = try await world.jobs.accept(.id(job.id), by: provider)

            let code = try #require(try await world.jobs.job(.id(job.id), for: customer).startOTP)
            #expect(try await world.jobs.job(.id(job.id), for: provider).startOTP == nil)
            let admin = try await world.admin()
            #expect(try await world.jobs.job(.id(job.id), for: admin).startOTP == nil)
            let stranger = try await world.customer("Somebody Else")
            let unseen = try await refusalCode { _ = try await world.jobs.job(.id(job.id), for: stranger) }
            #expect(unseen == .notFound)

            let stored = try await world.document(of: job)
            #expect(!stored.debugDescription.contains(code), "the code is nowhere to be read in the database")
            let rows = try await world.store.notifications.find(["recipient_id": .id(customer.userID)])
            let concealed = rows.allSatisfy { !$0.debugDescription.contains("\"\(code)\"") }
            #expect(concealed)

            _ = try await world.jobs.start(.id(job.id), otp: code, by: provider)
            #expect(try await world.jobs.job(.id(job.id), for: customer).startOTP == nil)
            #expect(try await world.document(of: job)["otp"] == nil)
        }
    }

    @Test("the right code starts the work, and the statuses on the way are told to both")
    func rightCode() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, code) = try await world.accepted(by: provider, for: customer)
            let started = try await world.jobs.start(.id(job.id), otp: code, by: provider)
            #expect(started.status == .inProgress)
            #expect(
                started.events.map(\.status) == [.requested, .matching, .accepted, .enRoute, .arrived, .inProgress])
            #expect(
                try await world.messages(to: provider, about: job)
                    == ["job.accepted", "job.en_route", "job.arrived", "job.in_progress"])
            #expect(
                try await world.messages(to: customer, about: job)
                    == ["job.opened", "job.accepted", "job.en_route", "job.arrived", "job.in_progress"])
        }
    }

    @Test("a wrong code is refused and counted; after five even the right one is, for five minutes")
    func fiveTries() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, code) = try await world.accepted(by: provider, for: customer)
            let wrong = code == "000000" ? "111111" : "000000"
            let missing = try await refusalCode { _ = try await world.jobs.start(.id(job.id), otp: nil, by: provider) }
            #expect(missing == .otpRequired)
            for _ in 1...4 {
                let refused = try await refusalCode {
                    _ = try await world.jobs.start(.id(job.id), otp: wrong, by: provider)
                }
                #expect(refused == .otpInvalid)
            }
            let fifth = try await refusalCode { _ = try await world.jobs.start(.id(job.id), otp: wrong, by: provider) }
            #expect(fifth == .otpLocked)
            let locked = try await refusalCode { _ = try await world.jobs.start(.id(job.id), otp: code, by: provider) }
            #expect(locked == .otpLocked)
            #expect(try await world.status(of: job) == "accepted")
            let without = try await refusalCode {
                _ = try await world.jobs.advance(.id(job.id), to: .inProgress, by: provider)
            }
            #expect(without == .otpLocked)
            // The way to the customer is not locked.
            #expect(try await world.status(of: job) == "arrived")

            // Five minutes later.
            try await world.store.services.updateOne(
                ["_id": .id(job.id)], ["$set": ["otp.locked_until": .date(Date().addingTimeInterval(-1))]])
            let afterwards = try await refusalCode {
                _ = try await world.jobs.start(.id(job.id), otp: wrong, by: provider)
            }
            #expect(afterwards == .otpInvalid)
            #expect(try await world.jobs.start(.id(job.id), otp: code, by: provider).status == .inProgress)
        }
    }

    @Test("the fifth try may still be the right one")
    func fifthTry() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, code) = try await world.accepted(by: provider, for: customer)
            let wrong = code == "000000" ? "111111" : "000000"
            for _ in 1...4 {
                _ = try await refusalCode { _ = try await world.jobs.start(.id(job.id), otp: wrong, by: provider) }
            }
            #expect(try await world.jobs.start(.id(job.id), otp: code, by: provider).status == .inProgress)
        }
    }

    @Test("a hundred guesses sent at once are still five (T9)")
    func guessesAtOnce() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, code) = try await world.accepted(by: provider, for: customer)
            let results = await together(100) { guess in
                let text = String(format: "%06d", guess)
                return try await world.jobs.start(.id(job.id), otp: text == code ? "999999" : text, by: provider)
            }
            let noneStarted = results.allSatisfy { $0.value == nil }
            #expect(noneStarted)
            let invalid = results.filter { $0.code == .otpInvalid }
            #expect(invalid.count == 4, "the fifth is answered with the lock")
            let locked = results.filter { $0.code == .otpLocked }
            #expect(locked.count == 96)
        }
    }

    @Test("fifty right codes at once start the work once")
    func rightAtOnce() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, code) = try await world.accepted(by: provider, for: customer)
            let results = await together(50) { _ in try await world.jobs.start(.id(job.id), otp: code, by: provider) }
            #expect(results.compactMap(\.value).count == 1)
            let told = try await world.messages(to: customer, about: job).filter { $0 == "job.in_progress" }
            #expect(told.count == 1)
        }
    }

    @Test("by status word the work starts without a code, a wrong one is refused, and a strict house insists (K23, F5)")
    func byStatusWord() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, code) = try await world.accepted(by: provider, for: customer)
            let wrong = code == "000000" ? "111111" : "000000"
            let refused = try await refusalCode {
                _ = try await world.jobs.advance(.id(job.id), to: .inProgress, otp: wrong, by: provider)
            }
            #expect(refused == .otpInvalid)
            #expect(try await world.status(of: job) == "accepted")
            #expect(try await world.jobs.advance(.id(job.id), to: .inProgress, by: provider).status == .inProgress)
        }
        try await JobsWorld.with(workers: 4) {
            $0.startOTP = .required
        } _: { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, code) = try await world.accepted(by: provider, for: customer)
            let error = try await failure {
                _ = try await world.jobs.advance(.id(job.id), to: .inProgress, by: provider)
            }
            #expect(error?.code == .otpRequired)
            // K4: the walk stops at the last legal status, and the answer says where.
            let stopped = error?.details.contains { $0.0 == "status" && $0.1 == .string("arrived") }
            #expect(stopped == true)
            #expect(try await world.status(of: job) == "arrived")
            #expect(
                try await world.jobs.advance(.id(job.id), to: .inProgress, otp: code, by: provider).status
                    == .inProgress)
        }
    }

    @Test("a stranger's guesses cost the customer no tries")
    func strangersGuess() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let provider = try await world.provider()
            let (job, _) = try await world.accepted(by: provider, for: customer)
            let other = try await world.provider("Other")
            let unseen = try await refusalCode { _ = try await world.jobs.start(.id(job.id), otp: "123456", by: other) }
            #expect(unseen == .notFound)
            let forbidden = try await refusalCode {
                _ = try await world.jobs.start(.id(job.id), otp: "123456", by: customer)
            }
            #expect(forbidden == .forbidden)
            #expect(try await world.document(of: job).value(at: ["otp", "tries"]).flatMap(Int.init(bson:)) == 0)
        }
    }
}
