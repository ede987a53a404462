public import BSON
public import FoundationEssentials

/// Somebody whom a person wants to be told when he is in danger: one of the list in his document of `users`.
public struct TrustedContact: Sendable, Hashable {
    public let id: ObjectID
    public let name: String
    /// Empty when there is an e-mail address instead.
    public let phone: String
    public let email: String
    public let createdAt: Date
}

extension TrustedContact {
    init?(_ document: Document) {
        guard let id: ObjectID = document.get("_id"), let createdAt: Date = document.get("created_at") else {
            return nil
        }
        self.init(
            id: id, name: document.get("name") ?? "", phone: document.get("phone") ?? "",
            email: document.get("email") ?? "", createdAt: createdAt)
    }

    var document: Document {
        [
            "_id": .id(id), "name": .string(name), "phone": .string(phone), "email": .string(email),
            "created_at": .date(createdAt),
        ]
    }

    /// The account behind the address, if its owner has proven that it is his.
    var account: Document {
        email.isEmpty
            ? ["phone": .string(phone), "is_verified.phone": true, "is_active": ["$ne": false]]
            : ["email": .string(email), "is_verified.email": true, "is_active": ["$ne": false]]
    }
}
