import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

// Whom one trusts. Nobody learns from here whether somebody has an account.
extension Emergencies {
    /// - Throws: nothing but what a database throws.
    public func contacts(of caller: Caller) async throws(RoadsideError) -> [TrustedContact] {
        let user = try await store.database { () async throws(MongoError) in
            try await store.users.findOne(["_id": .id(caller.userID)], projection: ["trusted_contacts": 1])
        }
        return (user?.get("trusted_contacts", as: [Document].self) ?? []).compactMap(TrustedContact.init)
    }

    /// Adds a contact by exactly one address.
    ///
    /// - Throws: `VALIDATION_ERROR` with every issue; `CONFLICT` for an address that is among them, and for a sixth.
    public func addContact(
        name: String, phone: String?, email: String?, by caller: Caller
    ) async throws(RoadsideError) -> TrustedContact {
        var check = ProfileCheck(region: dependencies.settings.phoneRegion)
        let checked = (check.name(name), check.phone(phone), email.map { check.email($0) })
        var issues = check.issues
        if (phone == nil) == (email == nil) {
            issues.append(FieldIssue(name: "phone", message: "Give a phone number or an e-mail address."))
        }
        guard issues.isEmpty else { throw .validation(issues) }
        let contact = TrustedContact(
            id: ObjectID(), name: checked.0 ?? "", phone: checked.1 ?? "", email: checked.2 ?? "",
            createdAt: dependencies.now())
        let address: Document =
            contact.email.isEmpty
            ? ["trusted_contacts.phone": ["$ne": .string(contact.phone)]]
            : ["trusted_contacts.email": ["$ne": .string(contact.email)]]
        let last = "trusted_contacts.\(EmergencyRules.mostContacts - 1)"
        // One update: of two who would be the fifth one is.
        let filter = Document(fields: [("_id", .id(caller.userID)), (last, .document(["$exists": false]))]).and(address)
        let result = try await store.database { () async throws(MongoError) in
            try await store.users.updateOne(filter, ["$push": ["trusted_contacts": .document(contact.document)]])
        }
        guard result.matched == 1 else {
            throw RoadsideError(
                .conflict, "This address is among your contacts, or you have \(EmergencyRules.mostContacts) already.")
        }
        return contact
    }

    /// - Throws: `NOT_FOUND`.
    public func removeContact(_ reference: Reference, by caller: Caller) async throws(RoadsideError) {
        guard case .id(let id) = reference else { throw .notFound("Contact") }
        let result = try await store.database { () async throws(MongoError) in
            try await store.users.updateOne(
                ["_id": .id(caller.userID), "trusted_contacts._id": .id(id)],
                ["$pull": ["trusted_contacts": ["_id": .id(id)]]])
        }
        if result.matched == 0 { throw .notFound("Contact") }
    }
}
