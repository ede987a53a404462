import BSON
import Foundation
import Mongo
import Synchronization
import Testing

@testable import Roadside

@Suite struct AccountsSessionsTests {
    @Test("a refresh token is used once and leads to the next")
    func rotates() async throws {
        try await AccountsBench.with { bench in
            let first = try await bench.customer()
            let second = try await bench.accounts.refresh(first.tokens.refreshToken)
            let third = try await bench.accounts.refresh(second.tokens.refreshToken)
            let tokens = [first, second, third].map(\.tokens.refreshToken)
            #expect(Set(tokens).count == 3)
            #expect(try await bench.caller(third).sessionID == bench.caller(first).sessionID)

            let stored = try await bench.store.sessions.find(sort: ["seq": 1])
            let numbers = stored.compactMap { $0.get("seq", as: Int.self) }
            #expect(numbers == [1, 2, 3])
            let states = stored.compactMap { $0.get("state", as: String.self) }
            #expect(states == ["rotated", "rotated", "active"])
            for document in stored {
                let bytes = String(decoding: document.bytes, as: UTF8.self)
                let readable = tokens.contains { bytes.contains($0) }
                #expect(!readable)
            }
        }
    }

    @Test("200 parallel refreshes of one token give one successor and sign nobody out")
    func parallelRefresh() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.customer()
            let successors = Mutex<[String]>([])
            let outcomes = await race(200) { _ in
                let next = try await bench.accounts.refresh(signIn.tokens.refreshToken)
                successors.withLock { $0.append(next.tokens.refreshToken) }
            }
            let allRefreshed = outcomes.allSatisfy { $0 == nil }
            #expect(allRefreshed)
            let distinct = successors.withLock { Set($0) }
            #expect(distinct.count == 1)
            #expect(try await bench.store.sessions.count() == 2)
            let successor = try #require(distinct.first)
            _ = try await bench.accounts.refresh(successor)
        }
    }

    @Test("a repeat within the window gets the same successor, as after a lost answer")
    func repeated() async throws {
        try await AccountsBench.with { bench in
            let first = try await bench.customer()
            let answer = try await bench.accounts.refresh(first.tokens.refreshToken)
            bench.clock.advance(29)
            let again = try await bench.otherServer().refresh(first.tokens.refreshToken)
            #expect(again.tokens.refreshToken == answer.tokens.refreshToken)
            #expect(again.tokens.refreshExpiresAt == answer.tokens.refreshExpiresAt)
        }
    }

    @Test("reuse after the window ends the family: its newest token, its access tokens, its sockets")
    func reuse() async throws {
        try await AccountsBench.with { bench in
            let stolen = try await bench.customer()
            let id = stolen.account.id
            let other = try await bench.accounts.login(
                email: stolen.account.email, password: AccountsBench.password)
            let newest = try await bench.accounts.refresh(stolen.tokens.refreshToken)
            let caller = try await bench.caller(newest)
            try await bench.store.sessions.updateOne(
                ["state": "rotated"], ["$set": ["rotated_at": .date(bench.clock.now.addingTimeInterval(-31))]])

            let oldToken = await code { _ = try await bench.accounts.refresh(stolen.tokens.refreshToken) }
            #expect(oldToken == .invalidToken)
            let newToken = await code { _ = try await bench.accounts.refresh(newest.tokens.refreshToken) }
            #expect(newToken == .invalidToken)
            let access = await code { _ = try await bench.caller(newest) }
            #expect(access == .invalidToken)
            let rows = try await bench.rows(of: id, kind: "session")
            #expect(rows.count == 1)
            #expect(rows.first?.value(at: ["body", "session_id"]) == .id(caller.sessionID))

            // The person's other device goes on.
            _ = try await bench.caller(other)
            _ = try await bench.accounts.refresh(other.tokens.refreshToken)
        }
    }

    @Test("a repeat from another device ends the family, however soon it comes, and its owner is told")
    func repeatedElsewhere() async throws {
        try await AccountsBench.with { bench in
            let first = try await bench.customer()
            let (phone, thief) = (DeviceBinding("Fix On Call/7 (phone)"), DeviceBinding("curl/8"))
            let answer = try await bench.accounts.refresh(first.tokens.refreshToken, from: phone)
            let again = try await bench.accounts.refresh(first.tokens.refreshToken, from: phone)
            #expect(again.tokens.refreshToken == answer.tokens.refreshToken)

            let stolen = await code { _ = try await bench.accounts.refresh(first.tokens.refreshToken, from: thief) }
            #expect(stolen == .invalidToken)
            let after = await code { _ = try await bench.accounts.refresh(answer.tokens.refreshToken, from: phone) }
            #expect(after == .invalidToken)
            #expect(try await bench.rows(of: first.account.id, kind: "session").count == 1)
            #expect(bench.letters.notices(for: first.account.email) == [.sessionEnded])
        }
    }

    @Test(
        "only the token replaced last may be repeated: one whose successor was used ends the family within the window")
    func repeatedTooOld() async throws {
        try await AccountsBench.with { bench in
            let first = try await bench.customer()
            let second = try await bench.accounts.refresh(first.tokens.refreshToken)
            let third = try await bench.accounts.refresh(second.tokens.refreshToken)
            let reused = await code { _ = try await bench.accounts.refresh(first.tokens.refreshToken) }
            #expect(reused == .invalidToken)
            let newest = await code { _ = try await bench.accounts.refresh(third.tokens.refreshToken) }
            #expect(newest == .invalidToken)
            // Who comes with it again ends nothing a second time.
            let again = await code { _ = try await bench.accounts.refresh(first.tokens.refreshToken) }
            #expect(again == .invalidToken)
            #expect(try await bench.rows(of: first.account.id, kind: "session").count == 1)
        }
    }

    @Test("what is not a living refresh token is refused")
    func garbage() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.customer()
            let texts = [
                "", "x", signIn.tokens.accessToken, String(repeating: "A", count: 43),
                signIn.tokens.refreshToken + "A", String(repeating: "\u{0}", count: 43),
            ]
            for text in texts {
                let refused = await code { _ = try await bench.accounts.refresh(text) }
                #expect(refused == .invalidToken)
            }
            bench.clock.advance(bench.settings.refreshTokenLifetime.timeInterval)
            let expired = await code { _ = try await bench.accounts.refresh(signIn.tokens.refreshToken) }
            #expect(expired == .invalidToken)
        }
    }

    @Test("logging out ends this session and no other")
    func logout() async throws {
        try await AccountsBench.with { bench in
            let here = try await bench.customer(1)
            let there = try await bench.accounts.login(email: here.account.email, password: AccountsBench.password)
            let stranger = try await bench.customer(2)
            let caller = try await bench.caller(here)
            try await bench.accounts.logout(refreshToken: stranger.tokens.refreshToken, caller: caller)

            let access = await code { _ = try await bench.caller(here) }
            #expect(access == .invalidToken)
            let refreshed = await code { _ = try await bench.accounts.refresh(here.tokens.refreshToken) }
            #expect(refreshed == .invalidToken)
            for living in [there, stranger] {
                _ = try await bench.caller(living)
                _ = try await bench.accounts.refresh(living.tokens.refreshToken)
            }
        }
    }

    @Test("a rotated token does not come back after logging out, even within its window")
    func logoutEndsTheWindow() async throws {
        try await AccountsBench.with { bench in
            let first = try await bench.customer()
            let second = try await bench.accounts.refresh(first.tokens.refreshToken)
            try await bench.accounts.logout(refreshToken: nil, caller: bench.caller(second))
            let refused = await code { _ = try await bench.accounts.refresh(first.tokens.refreshToken) }
            #expect(refused == .invalidToken)
        }
    }

    @Test("decision 25: logging out everywhere ends every session, and other servers know within two seconds")
    func logoutAll() async throws {
        try await AccountsBench.with { bench in
            let phone = try await bench.customer()
            let tablet = try await bench.accounts.login(email: phone.account.email, password: AccountsBench.password)
            let elsewhere = try await bench.otherServer()
            _ = try await elsewhere.authenticate(bearer: tablet.tokens.accessToken)

            try await bench.accounts.logoutAll(bench.caller(phone))

            for signIn in [phone, tablet] {
                let access = await code { _ = try await bench.caller(signIn) }
                #expect(access == .invalidToken)
                let refreshed = await code { _ = try await bench.accounts.refresh(signIn.tokens.refreshToken) }
                #expect(refreshed == .invalidToken)
            }
            bench.clock.advance(2)
            let known = await code { _ = try await elsewhere.authenticate(bearer: tablet.tokens.accessToken) }
            #expect(known == .invalidToken)
            let rows = try await bench.rows(of: phone.account.id, kind: "session")
            #expect(rows.count == 1)
            #expect(rows.first?.value(at: ["body", "session_id"]) == nil)
            let again = try await bench.accounts.login(email: phone.account.email, password: AccountsBench.password)
            _ = try await bench.caller(again)
        }
    }

    @Test("a disabled account neither asks nor goes on, and may again once it is enabled and signs in")
    func disabled() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.provider(at: .nairobi)
            let id = signIn.account.id
            _ = try await bench.accounts.setActive(false, account: id)
            let asking = await code { _ = try await bench.caller(signIn) }
            #expect(asking == .accountDisabled)
            let goingOn = await code { _ = try await bench.accounts.refresh(signIn.tokens.refreshToken) }
            #expect(goingOn == .invalidToken)
            #expect(try await bench.mechanic(id).get("dispatchable") == false)
            #expect(try await bench.rows(of: id, kind: "session").count == 1)

            _ = try await bench.accounts.setActive(true, account: id)
            #expect(try await bench.mechanic(id).get("dispatchable") == true)
            let oldAccess = await code { _ = try await bench.caller(signIn) }
            #expect(oldAccess == .invalidToken)
            let again = try await bench.accounts.login(email: signIn.account.email, password: AccountsBench.password)
            _ = try await bench.caller(again)
        }
    }

    @Test("a token of an account that no longer exists is refused")
    func deleted() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.customer()
            try await bench.store.users.deleteOne(["_id": .id(signIn.account.id)])
            let access = await code { _ = try await bench.caller(signIn) }
            #expect(access == .invalidToken)
            let refreshed = await code { _ = try await bench.accounts.refresh(signIn.tokens.refreshToken) }
            #expect(refreshed == .invalidToken)
        }
    }
}
