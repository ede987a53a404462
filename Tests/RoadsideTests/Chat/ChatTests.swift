import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("What the sides of a job write to each other")
struct ChatTests {
    private static func chat(_ world: JobsWorld) -> Chat { Chat(world.dependencies, inbox: world.inbox) }

    @Test(
        "messages written at once by both sides are numbered without a gap, and each has one row in the other's inbox")
    func gapless() async throws {
        try await JobsWorld.with({ $0.chatPerMinute = 100 }) { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let job = try await world.accepted(by: provider, for: customer).job
            let chat = Self.chat(world)
            let outcomes = await together(16) { index in
                try await chat.send("\(index)", about: .id(job.id), by: index % 2 == 0 ? customer : provider)
            }
            let first = try await chat.messages(of: .id(job.id), .after(nil, limit: 5), for: customer).messages
            let rest = try await chat.messages(of: .id(job.id), .after(first.nextCursor, limit: 20), for: provider)
                .messages
            let kept = first.items + rest.items
            // Of those that a slow database has left in the dark some are kept, and none leaves a gap.
            #expect(kept.map(\.seq) == Array(1...first.total).map(Int64.init) && rest.nextCursor == nil)
            #expect(Set(kept.map(\.id)).isSuperset(of: outcomes.compactMap(\.value).map(\.id)))
            for (reader, writer) in [(customer, provider), (provider, customer)] {
                let rows = try await world.rows(of: reader).filter { $0.kind == .chatMessage }
                #expect(rows.map(\.body.messageID) == kept.filter { $0.senderID == writer.userID }.map(\.id))
                #expect(rows.allSatisfy { $0.routes == [.chat] && $0.body.jobID == job.id })
            }
        }
    }

    @Test("before acceptance and an hour after the end nothing is written; in between it is")
    func window() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let chat = Self.chat(world)
            let job = try await world.open(by: customer)
            let early = try await refusalCode { _ = try await chat.send("Hi", about: .id(job.id), by: customer) }
            #expect(early == .conflict)
            _ = try await world.jobs.accept(.id(job.id), by: provider)
            _ = try await chat.send("Hi", about: .id(job.id), by: provider)
            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            _ = try await chat.send("Sorry", about: .id(job.id), by: customer)
            try await world.store.services.updateOne(
                ["_id": .id(job.id)], ["$set": ["events.$[].at": .date(Date().addingTimeInterval(-3601))]])
            let late = try await refusalCode { _ = try await chat.send("Hi", about: .id(job.id), by: provider) }
            #expect(late == .conflict)
            let kept = try await chat.messages(of: .id(job.id), .after(nil), for: provider).messages
            #expect(kept.items.map(\.text) == ["Hi", "Sorry"])
        }
    }

    @Test("T1: strangers and staff read and write nothing, a provider who is offered the job neither")
    func strangers() async throws {
        try await JobsWorld.with(JobsWorld.asksAllAtOnce) { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let chat = Self.chat(world)
            let job = try await world.accepted(by: provider, for: customer).job
            _ = try await chat.send("Hi", about: .id(job.id), by: customer)
            let (other, stranger) = (try await world.provider("Other"), try await world.customer("Stranger"))
            for caller in [other, stranger] {
                let read = try await refusalCode {
                    _ = try await chat.messages(of: .id(job.id), .after(nil), for: caller)
                }
                let written = try await refusalCode { _ = try await chat.send("Hi", about: .id(job.id), by: caller) }
                let marked = try await refusalCode {
                    _ = try await chat.markRead(upTo: 1, of: .id(job.id), by: caller)
                }
                #expect([read, written, marked] == [.notFound, .notFound, .notFound])
            }
            let admin = try await world.admin()
            let read = try await refusalCode { _ = try await chat.messages(of: .id(job.id), .after(nil), for: admin) }
            #expect(read == .forbidden)
        }
    }

    @Test("the next provider reads what is written to him, and the one before him nothing more")
    func handedOver() async throws {
        try await JobsWorld.with { world in
            let (customer, first) = (try await world.customer(), try await world.provider("First"))
            let second = try await world.provider("Second")
            let chat = Self.chat(world)
            let job = try await world.accepted(by: first, for: customer).job
            _ = try await chat.send("To the first", about: .id(job.id), by: customer)
            _ = try await world.jobs.cancel(.id(job.id), by: first)
            let between = try await refusalCode { _ = try await chat.send("Hi", about: .id(job.id), by: customer) }
            #expect(between == .conflict)
            let admin = try await world.admin()
            _ = try await world.jobs.assign(.id(job.id), provider: .id(second.userID), by: admin)
            _ = try await chat.send("To the second", about: .id(job.id), by: customer)
            let his = try await chat.messages(of: .id(job.id), .after(nil), for: second).messages
            #expect(his.items.map(\.text) == ["To the second"] && his.items.map(\.seq) == [2] && his.total == 1)
            let all = try await chat.messages(of: .id(job.id), .after(nil), for: customer).messages
            #expect(all.items.map(\.text) == ["To the first", "To the second"])
            let gone = try await refusalCode { _ = try await chat.messages(of: .id(job.id), .after(nil), for: first) }
            #expect(gone == .notFound)
        }
    }

    @Test("who writes too much waits, until his messages are a minute old; the other side does not wait for him")
    func rate() async throws {
        try await JobsWorld.with({ $0.chatPerMinute = 3 }) { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let chat = Self.chat(world)
            let job = try await world.accepted(by: provider, for: customer).job
            let outcomes = await together(8) { try await chat.send("\($0)", about: .id(job.id), by: customer) }
            #expect(outcomes.compactMap(\.value).count == 3)
            #expect(outcomes.compactMap(\.code) == Array(repeating: .rateLimited, count: 5))
            _ = try await chat.send("Hi", about: .id(job.id), by: provider)
            try await world.store.messages.updateMany(
                ["sender_id": .id(customer.userID)], ["$set": ["created_at": .date(Date().addingTimeInterval(-61))]])
            #expect(try await chat.send("Again", about: .id(job.id), by: customer).seq == 5)
        }
    }

    @Test("what was read is read: it never grows less, and is never more than there is")
    func read() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = (try await world.customer(), try await world.provider())
            let chat = Self.chat(world)
            let job = try await world.accepted(by: provider, for: customer).job
            for text in ["1", "2"] { _ = try await chat.send(text, about: .id(job.id), by: customer) }
            #expect(try await chat.markRead(upTo: 2, of: .id(job.id), by: provider) == [.customer: 0, .provider: 2])
            #expect(try await chat.markRead(upTo: 1, of: .id(job.id), by: provider) == [.customer: 0, .provider: 2])
            let beyond = try await refusalCode { _ = try await chat.markRead(upTo: 3, of: .id(job.id), by: customer) }
            #expect(beyond == .validation)
            let seen = try await chat.messages(of: .id(job.id), .after(nil), for: customer)
            #expect(seen.read == [.customer: 0, .provider: 2])
        }
    }
}
