import BSON
import Foundation
import RoadsideRules
import Synchronization
import Testing

@testable import Roadside

@Suite("Guesses from everywhere")
struct GuessWaveTests {
    private let start = Date(timeIntervalSince1970: 1_760_000_000)

    private func visitor(_ number: Int) -> Visitor {
        Visitor(
            address: NetworkAddress("10.\(number / 250 % 250).\(number % 250).7"), device: nil, program: nil)
    }

    private func account(_ number: Int) -> SecretGuesses.Subject {
        .typed(ContactAddress(email: "somebody\(number)@example.com"))
    }

    @Test("T9: one wrong password at each of many accounts, each from elsewhere, slows strangers down and no owner")
    func wave() throws {
        var settings = LimitSettings()
        settings.failuresOverall = Quota(100, per: 900)
        let told = Mutex(0)
        let guesses = SecretGuesses(settings) { told.withLock { $0 += 1 } }
        func wrong(_ number: Int, at moment: Date) throws {
            try guesses.begin(account(number), from: visitor(number), at: moment).wasWrong(at: moment)
        }
        for number in 0..<100 { try wrong(number, at: start) }
        try wrong(0, at: start)
        #expect(told.withLock { $0 } == 1, "the hundred and first is too many")
        // Who has been wrong once waits already.
        #expect(throws: RoadsideError.self) { try wrong(1, at: start) }
        let later = start.addingTimeInterval(4)
        try wrong(1, at: later)
        // A device that an account knows is judged as ever.
        let owner = SecretGuesses.Subject.device(ObjectID(), mark: "his phone")
        for _ in 0..<5 { try guesses.begin(owner, from: Visitor(), at: later).wasWrong(at: later) }
        #expect(told.withLock { $0 } == 1)
        // A quarter of an hour later it is over.
        let over = later.addingTimeInterval(901)
        try wrong(500, at: over)
        try wrong(500, at: over)
    }

    @Test("T9: meanwhile an address may be wrong a quarter as often")
    func addresses() throws {
        var settings = LimitSettings()
        settings.failuresOverall = Quota(10, per: 900)
        settings.failuresPerAddress = Quota(40, per: 900)
        let guesses = SecretGuesses(settings)
        for _ in 0...10 { guesses.wasWrong(at: start) }
        let one = visitor(1)
        // Right ones cost nothing, in a wave as ever.
        for _ in 0..<100 { guesses.giveBack(try guesses.take(from: one, at: start)) }
        for _ in 0..<10 { _ = try guesses.take(from: one, at: start) }
        #expect(throws: RoadsideError.self) { try guesses.take(from: one, at: start) }
        let quiet = SecretGuesses(settings)
        for _ in 0..<40 { _ = try quiet.take(from: one, at: start) }
    }
}
