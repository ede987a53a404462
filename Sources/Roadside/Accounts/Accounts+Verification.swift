import BSON
import Foundation
import Mongo
import RoadsideRules

extension Accounts {
    /// Proves an address by the code that was sent to it: right within its ten minutes and five tries, once.
    ///
    /// - Throws: `CODE_INVALID`, whatever the reason.
    @discardableResult
    public func verify(address: String, code: String) async throws(RoadsideError) -> Account {
        guard let address = ContactAddress(address, region: settings.phoneRegion) else { throw .wrongCode }
        let shown = try await show(code, .verify, at: address)
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
    public func resendVerification(address: String) async throws(RoadsideError) {
        guard let address = ContactAddress(address, region: settings.phoneRegion) else { return }
        let user = try await store.database { () async throws(MongoError) in
            try await store.users.findOne(address.filter, projection: ["is_verified": 1])
        }
        let isProven = user?.value(at: ["is_verified", address.kind.rawValue]) == .bool(true)
        try await sendCode(.verify, to: address, of: isProven ? nil : user?.get("_id"))
    }
}
