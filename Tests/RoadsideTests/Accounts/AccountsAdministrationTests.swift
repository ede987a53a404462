import BSON
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite struct AccountsAdministrationTests {
    @Test("an administrator is created without a phone, and so is a second one")
    func createAdmin() async throws {
        try await AccountsBench.with { bench in
            for number in 1...2 {
                let admin = try await bench.accounts.createAdmin(
                    email: "admin\(number)@example.com", password: AccountsBench.password, name: "Achieng")
                #expect(admin.role == .admin && admin.phone.isEmpty)
            }
            let signIn = try await bench.accounts.login(email: "admin1@example.com", password: AccountsBench.password)
            #expect(try await bench.caller(signIn).role == .admin)
            let again = await code {
                _ = try await bench.accounts.createAdmin(
                    email: "admin1@example.com", password: AccountsBench.password, name: "Achieng")
            }
            #expect(again == .emailTaken)
        }
    }

    @Test("an account is found by id, number, e-mail address and phone number")
    func lookup() async throws {
        try await AccountsBench.with { bench in
            let account = try await bench.provider().account
            #expect(try await bench.accounts.account(account.id) == account)
            #expect(try await bench.accounts.account(number: account.number) == account)
            #expect(try await bench.accounts.account(address: "PROVIDER1@example.com") == account)
            #expect(try await bench.accounts.account(address: "0722000011") == account)
            for address in ["nobody@example.com", "+254700000000", "", "?"] {
                let missing = await code { _ = try await bench.accounts.account(address: address) }
                #expect(missing == .notFound)
            }
            let unknown = await code { _ = try await bench.accounts.account(ObjectID()) }
            #expect(unknown == .notFound)
        }
    }

    @Test("decision 20: approval makes a mechanic dispatchable, rejection ends it")
    func vetting() async throws {
        try await AccountsBench.with {
            $0.autoVerify = false
        } _: { bench in
            let id = try await bench.provider(at: .nairobi).account.id
            let approved = try await bench.accounts.vet(provider: id, approve: true)
            #expect(approved.provider?.isVerified == true)
            #expect(try await bench.mechanic(id).get("dispatchable") == true)

            let rejected = try await bench.accounts.vet(provider: id, approve: false, reason: "$licence expired")
            #expect(rejected.provider?.isVerified == false)
            let document = try await bench.mechanic(id)
            #expect(document.get("dispatchable") == false)
            #expect(document.value(at: ["verification", "reasons"]) == ["$licence expired"])

            let customer = try await bench.customer().account.id
            let notProvider = await code { _ = try await bench.accounts.vet(provider: customer, approve: true) }
            #expect(notProvider == .notFound)
            let unknown = await code { _ = try await bench.accounts.setActive(false, account: ObjectID()) }
            #expect(unknown == .notFound)
        }
    }

    @Test("a damaged document is our fault and nobody's crash")
    func damaged() async throws {
        try await AccountsBench.with { bench in
            let signIn = try await bench.provider()
            let id = signIn.account.id
            for (field, value) in [
                ("created_at", BSONValue.string("yesterday")), ("roles", 7), ("session_version", "one"),
            ] {
                let before = try await bench.user(id)
                try await bench.store.users.updateOne(
                    ["_id": .id(id)], ["$set": .document(Document(fields: [(field, value)]))])
                let outcome = await race(1) { _ in
                    _ = try await bench.accounts.login(email: signIn.account.email, password: AccountsBench.password)
                }
                #expect(outcome == [field == "created_at" ? .internalError : nil])
                try await bench.store.users.replaceOne(["_id": .id(id)], before)
            }
        }
    }
}
