import BSON
import Foundation
import Mongo
import RoadsideRules

extension Accounts {
    /// Proves an address by the code that was sent to it: right within its ten minutes and five tries, once.
    ///
    /// - Throws: `CODE_INVALID`, whatever the reason; `RATE_LIMITED` after too many wrong codes from there.
    @discardableResult
    public func verify(
        address: String, code: String, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) -> Account {
        let (address, shown) = try await show(code, .verify, at: address, from: visitor)
        let now = now
        try await store.transaction { transaction in
            try shown.spend(in: transaction)
            let marked = try transaction.users.updateOne(
                address.filter.and(["_id": .id(shown.user)]),
                ["$set": ["is_verified.\(address.kind.rawValue)": true, "updated_at": .date(now)]])
            guard marked.matched == 1 else { throw RoadsideError.wrongCode }
        }
        return try await account(shown.user)
    }

    /// Sends a new code, which replaces the old one. Says nothing of whether there is such an account, whether it is
    /// verified already, or whether too many were sent: then nothing is sent.
    ///
    /// - Throws: `RATE_LIMITED` when too many codes were asked for from there.
    public func resendVerification(
        address: String, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) {
        guard let address = ContactAddress(address, region: settings.phoneRegion) else { return }
        let user = try await store.database { () async throws(MongoError) in
            try await store.users.findOne(address.filter, projection: ["is_verified": 1])
        }
        let isProven = user?.value(at: ["is_verified", address.kind.rawValue]) == .bool(true)
        try await sendCode(.verify, to: address, of: isProven ? nil : user?.get("_id"), from: visitor)
    }

    /// The same for both addresses of who is signed in.
    ///
    /// - Throws: `RATE_LIMITED`; `NOT_FOUND` when he no longer exists.
    public func resendVerification(
        to caller: Caller, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) {
        let account = try await account(caller.userID)
        for address in [account.email, account.phone] {
            try await resendVerification(address: address, from: visitor)
        }
    }
}
