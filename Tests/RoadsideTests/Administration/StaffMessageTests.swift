import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("D18: a message to one person")
struct StaffMessageTests {
    @Test("D18: one unread row, with its topic and its sender, which no socket of a job is told of")
    func row() async throws {
        try await AdministrationBench.with { bench in
            let customer = try await bench.world.customer()
            let row = try await bench.administration.send(
                StaffMessage(title: "  Road\n closed ", text: " Uhuru\u{0} Highway\nuntil noon ", topic: "traffic"),
                to: .id(customer.userID), by: Actor(bench.admin))
            #expect(row.body.title == "Road closed")
            #expect(row.body.text == "Uhuru Highway\nuntil noon")
            let listed = try await bench.world.inbox.list(recipient: customer.userID, .page(1)).items
            #expect(listed.map(\.id) == [row.id] && listed.first?.body == row.body && listed.first?.seq == row.seq)
            #expect(listed.first?.routes == [] && listed.first?.isRead == false)
            #expect(try await bench.world.inbox.unreadCount(recipient: customer.userID) == 1)
            let document = try await bench.store.notifications.findOne(["_id": .id(row.id)])
            #expect(document?.value(at: ["body", "sender_id"]) == .id(bench.admin.userID))
            #expect(document?.value(at: ["body", "topic"]) == "traffic")
            for route in InboxRoute.allCases {
                #expect(try await bench.world.inbox.unreceipted(recipient: customer.userID, route: route).isEmpty)
            }
        }
    }

    @Test("D18: the system may write, without a sender; nobody but it and an admin may")
    func authors() async throws {
        try await AdministrationBench.with { bench in
            let customer = try await bench.world.customer()
            let message = StaffMessage(title: "Hello", text: "There")
            let row = try await bench.administration.send(message, to: .id(customer.userID), by: .system)
            #expect(row.body.senderID == nil && row.body.topic == "general")
            for role in Role.allCases where role != .admin {
                let refused = try await refusalCode {
                    _ = try await bench.administration.send(
                        message, to: .id(customer.userID), by: .user(ObjectID(), role: role))
                }
                #expect(refused == .forbidden, "\(role)")
            }
            for unknown in [Reference.id(ObjectID()), .number(88_888)] {
                let refused = try await refusalCode {
                    _ = try await bench.administration.send(message, to: unknown, by: .system)
                }
                #expect(refused == .notFound)
            }
            #expect(try await bench.store.notifications.count() == 1)
        }
    }

    @Test("D18: an admin writes two hundred in an hour; the system is not counted")
    func quota() async throws {
        let clock = MovableClock()
        try await AdministrationBench.with(clock: clock) { bench in
            let customer = try await bench.world.customer()
            let message = StaffMessage(title: "Hello", text: "There")
            let author = Actor(bench.admin)
            _ = try await bench.administration.send(message, to: .id(customer.userID), by: author)
            // As if he had written all the others, too.
            try await bench.store.budgets.updateMany(
                [:], ["$set": ["count": .int32(Int32(SenderBudget.messages.limit))]])
            let refused = try await failure {
                _ = try await bench.administration.send(message, to: .id(customer.userID), by: author)
            }
            #expect(refused?.code == .rateLimited)
            let named = refused?.details.map { $0.0 } ?? []
            #expect(named == ["retry_after"])
            _ = try await bench.administration.send(message, to: .id(customer.userID), by: .system)
            clock.advance(3600)
            _ = try await bench.administration.send(message, to: .id(customer.userID), by: author)
            #expect(try await bench.store.notifications.count() == 3)
        }
    }

    @Test("D18: every wrong field is reported at once, and nothing is written")
    func wrong() async throws {
        try await AdministrationBench.with { bench in
            let customer = try await bench.world.customer()
            let bad = [
                StaffMessage(title: "", text: " \u{1} ", topic: ""),
                StaffMessage(
                    title: String(repeating: "t", count: 101), text: String(repeating: "x", count: 2001),
                    topic: String(repeating: "a", count: 41)),
                StaffMessage(title: "a\u{202E}b", text: "", topic: "Not A Topic"),
                StaffMessage(title: "a\u{0}b", text: "\n", topic: "1st"),
            ]
            for message in bad {
                let error = try await failure {
                    _ = try await bench.administration.send(message, to: .id(customer.userID), by: .system)
                }
                #expect(error?.code == .validation)
                #expect(error?.fields.map(\.name) == ["title", "message", "type"])
            }
            #expect(try await bench.store.notifications.count() == 0)
        }
    }
}
