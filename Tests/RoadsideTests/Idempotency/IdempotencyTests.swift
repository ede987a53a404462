import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("§4.8.1: a command is carried out once under its key")
struct IdempotencyTests {
    private static func command(
        _ key: String = "k-1", route: String = "POST /jobs", body: String = "{}"
    ) throws -> KeyedCommand {
        KeyedCommand(try IdempotencyKey(key), route: route, body: Array(body.utf8))
    }

    private static let answer = KeptAnswer(
        status: 201, headers: [.init(name: "Location", value: "/jobs/1")], body: #"{"start_otp":"123456"}"#)

    @Test("fifty at once: one carries it out, the others are told to wait, and then all hear the same")
    func fiftyAtOnce() async throws {
        try await JobsWorld.with { world in
            let idempotency = Idempotency(world.dependencies)
            let customer = try await world.customer()
            let command = try Self.command()
            let begun = await together(50) { _ in try await idempotency.begin(command, by: customer) }
            let claims = begun.compactMap(\.value?.claim)
            #expect(claims.count == 1)
            let told = begun.filter { $0.code == .idempotencyInProgress }.count
            #expect(told == 49)
            await idempotency.keep(Self.answer, of: try #require(claims.first))
            let again = await together(50) { _ in try await idempotency.begin(command, by: customer) }
            let replays = again.compactMap(\.value?.replayed)
            #expect(replays == Array(repeating: Self.answer, count: 50))
        }
    }

    @Test("a key belongs to its caller and its route; another body under it is refused, finished or not")
    func scope() async throws {
        try await JobsWorld.with { world in
            let idempotency = Idempotency(world.dependencies)
            let (one, two) = (try await world.customer(), try await world.customer())
            let first = try await idempotency.begin(try Self.command(), by: one)
            let claim = try #require(first.claim)
            let others = [
                try await idempotency.begin(try Self.command(), by: two),
                try await idempotency.begin(try Self.command(route: "POST /jobs/1"), by: one),
                try await idempotency.begin(try Self.command("k-2"), by: one),
            ]
            #expect(others.allSatisfy { $0.claim != nil })
            let other = try Self.command(body: #"{"a":1}"#)
            let early = try await refusalCode { _ = try await idempotency.begin(other, by: one) }
            #expect(early == .idempotencyKeyReused)
            await idempotency.keep(Self.answer, of: claim)
            let late = try await refusalCode { _ = try await idempotency.begin(other, by: one) }
            #expect(late == .idempotencyKeyReused)
        }
    }

    @Test("a command that came to nothing gives its key back; one that committed something does not")
    func givenUp() async throws {
        try await JobsWorld.with { world in
            let idempotency = Idempotency(world.dependencies)
            let customer = try await world.customer()
            let first = try #require(try await idempotency.begin(try Self.command(), by: customer).claim)
            await idempotency.giveUp(first)
            let second = try #require(try await idempotency.begin(try Self.command(), by: customer).claim)
            _ = try await IdempotencyClaim.$current.withValue(second) { try await world.open(by: customer) }
            #expect(second.hasCommitted)
            await idempotency.giveUp(second)
            let third = try await refusalCode {
                _ = try await idempotency.begin(try Self.command(), by: customer)
            }
            #expect(third == .idempotencyInProgress)
        }
    }

    @Test("a holder that died before its commit is replaced after its lease, and can commit nothing any more")
    func takenOver() async throws {
        try await JobsWorld.with { world in
            let idempotency = Idempotency(world.dependencies)
            let customer = try await world.customer()
            let command = try Self.command()
            let dead = try #require(try await idempotency.begin(command, by: customer).claim)
            let waiting = try await refusalCode { _ = try await idempotency.begin(command, by: customer) }
            #expect(waiting == .idempotencyInProgress)
            try await Self.endLease(world)
            let heir = try #require(try await idempotency.begin(command, by: customer).claim)
            // The one taken for dead was only slow.
            let refused = try await refusalCode {
                _ = try await IdempotencyClaim.$current.withValue(dead) { try await world.open(by: customer) }
            }
            #expect(refused == .idempotencyInProgress)
            #expect(try await world.store.services.count() == 0)
            _ = try await IdempotencyClaim.$current.withValue(heir) { try await world.open(by: customer) }
            // Nor can it put its answer in the place of the heir's.
            await idempotency.keep(KeptAnswer(status: 200, headers: [], body: "wrong"), of: dead)
            await idempotency.keep(Self.answer, of: heir)
            let replay = try await idempotency.begin(command, by: customer).replayed
            #expect(replay == Self.answer)
            #expect(try await world.store.services.count() == 1)
        }
    }

    @Test("a holder that died after its commit: whoever repeats learns that it was carried out, and which job it made")
    func answerLost() async throws {
        try await JobsWorld.with { world in
            let idempotency = Idempotency(world.dependencies)
            let customer = try await world.customer()
            let command = try Self.command()
            let dead = try #require(try await idempotency.begin(command, by: customer).claim)
            let job = try await IdempotencyClaim.$current.withValue(dead) { try await world.open(by: customer) }
            let waiting = try await refusalCode { _ = try await idempotency.begin(command, by: customer) }
            #expect(waiting == .idempotencyInProgress)
            try await Self.endLease(world)
            guard case .answerLost(let lost) = try await idempotency.begin(command, by: customer) else {
                Issue.record("the loss is not told")
                return
            }
            #expect(lost == job.id)
        }
    }

    @Test("commit and take-over at the same moment: the command happens once, whoever wins")
    func commitAgainstTakeover() async throws {
        try await JobsWorld.with { world in
            let idempotency = Idempotency(world.dependencies)
            for round in 1...20 {
                let customer = try await world.customer()
                let command = try Self.command("round-\(round)")
                let slow = try #require(try await idempotency.begin(command, by: customer).claim)
                try await Self.endLease(world)
                let outcomes = await together(2) { index -> Bool in
                    let claim = index == 0 ? slow : try await idempotency.begin(command, by: customer).claim
                    guard let claim else { return false }
                    _ = try await IdempotencyClaim.$current.withValue(claim) { try await world.open(by: customer) }
                    return true
                }
                #expect(outcomes.filter { $0.value == true }.count == 1, "round \(round): \(outcomes)")
                #expect(try await world.store.services.count(["customer_id": .id(customer.userID)]) == 1)
            }
        }
    }

    @Test("what is kept can be read by nobody who reads the database, and not under another key")
    func sealed() async throws {
        try await JobsWorld.with { world in
            let idempotency = Idempotency(world.dependencies)
            let customer = try await world.customer()
            let claim = try #require(try await idempotency.begin(try Self.command("secret-key"), by: customer).claim)
            await idempotency.keep(Self.answer, of: claim)
            let document = try #require(try await world.store.idempotencyKeys.findOne(["_id": .string(claim.id)]))
            let text = document.debugDescription
            #expect(!text.contains("123456") && !text.contains("secret-key"))
            let other = try #require(try await idempotency.begin(try Self.command("other"), by: customer).claim)
            let stolen: Document = ["answer": try #require(document["answer"]), "state": "done"]
            try await world.store.idempotencyKeys.updateOne(["_id": .string(other.id)], ["$set": .document(stolen)])
            let refused = try await refusalCode {
                _ = try await idempotency.begin(try Self.command("other"), by: customer)
            }
            #expect(refused == .internalError)
        }
    }

    @Test("after its day a key is free again, though the database has not swept it yet")
    func expired() async throws {
        try await JobsWorld.with { world in
            let idempotency = Idempotency(world.dependencies)
            let customer = try await world.customer()
            let claim = try #require(try await idempotency.begin(try Self.command(), by: customer).claim)
            await idempotency.keep(Self.answer, of: claim)
            let kept = try await world.store.idempotencyKeys.findOne(["_id": .string(claim.id)])
            let expiry: Date = try #require(kept?.get("expires_at"))
            #expect(abs(expiry.timeIntervalSinceNow - 24 * 3600) < 600)
            try await world.store.idempotencyKeys.updateMany(
                [:], ["$set": ["expires_at": .date(Date(timeIntervalSinceNow: -1))]])
            let again = try await idempotency.begin(try Self.command(body: "other"), by: customer)
            #expect(again.claim != nil)
        }
    }

    @Test("a key is 1 to 255 visible ASCII characters")
    func keys() async throws {
        for text in ["a", "~!", String(repeating: "k", count: 255)] {
            #expect(try IdempotencyKey(text).text == text)
        }
        for text in ["", "a b", "a\tb", "clé", String(repeating: "k", count: 256)] {
            let refused = try await refusalCode { _ = try IdempotencyKey(text) }
            #expect(refused == .malformedRequest, "\(text)")
        }
    }

    private static func endLease(_ world: JobsWorld) async throws {
        try await world.store.idempotencyKeys.updateMany(
            [:], ["$set": ["lease_until": .date(Date(timeIntervalSinceNow: -1))]])
    }
}

extension Idempotency.Beginning {
    fileprivate var claim: IdempotencyClaim? {
        if case .carryOut(let claim) = self { claim } else { nil }
    }

    fileprivate var replayed: KeptAnswer? {
        if case .replay(let answer) = self { answer } else { nil }
    }
}
