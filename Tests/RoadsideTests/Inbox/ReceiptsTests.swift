import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Receipts")
struct ReceiptsTests {
    @Test("receipts of one moment are all kept, each for its recipient and no further than it says")
    func crowd() async throws {
        try await JobsWorld.with { world in
            let recipients = try await world.told(12, times: 2)
            let results = await together(recipients.count) { index in
                try await world.inbox.receipt(
                    recipient: recipients[index], route: .customerJobs, upTo: index.isMultiple(of: 2) ? 1 : 2)
            }
            let allKept = results.allSatisfy { $0.value != nil }
            #expect(allKept)
            for (index, recipient) in recipients.enumerated() {
                let open = try await world.inbox.unreceipted(recipient: recipient, route: .customerJobs).map(\.seq)
                #expect(open == (index.isMultiple(of: 2) ? [2] : []))
            }
        }
    }

    @Test("who leaves while he writes for others does not take their receipts with him")
    func leaving() async throws {
        try await JobsWorld.with { world in
            let recipients = try await world.told(6, times: 1)
            let first = Task {
                try await world.inbox.receipt(recipient: recipients[0], route: .customerJobs, upTo: 1)
            }
            let results = await together(recipients.count - 1) { index in
                if index == 2 { first.cancel() }
                try await world.inbox.receipt(recipient: recipients[index + 1], route: .customerJobs, upTo: 1)
            }
            _ = await first.result
            let allKept = results.allSatisfy { $0.value != nil }
            #expect(allKept)
            for recipient in recipients.dropFirst() {
                #expect(try await world.inbox.unreceipted(recipient: recipient, route: .customerJobs).isEmpty)
            }
        }
    }

    @Test("a receipt after all others have been written is written too")
    func later() async throws {
        try await JobsWorld.with { world in
            let recipients = try await world.told(1, times: 3)
            for seq in 1...3 {
                try await world.inbox.receipt(recipient: recipients[0], route: .customerJobs, upTo: Int64(seq))
                let open = try await world.inbox.unreceipted(recipient: recipients[0], route: .customerJobs)
                #expect(open.count == 3 - seq)
            }
        }
    }
}

extension JobsWorld {
    /// Customers who have been told something so many times.
    fileprivate func told(_ count: Int, times: Int) async throws -> [ObjectID] {
        var recipients: [ObjectID] = []
        for number in 0..<count {
            let recipient = try await customer("Customer \(number)").userID
            try await store.transaction { transaction in
                let entries = (0..<times).map { time in
                    InboxEntry(
                        recipient: recipient, kind: .message, routes: [.customerJobs],
                        body: InboxBody(title: "Note", text: "\(time)"))
                }
                _ = try inbox.append(entries, in: transaction)
            }
            recipients.append(recipient)
        }
        return recipients
    }
}
