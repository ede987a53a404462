import BSON

/// Who somebody is and how he is reached: what the other side of a job may learn of him.
struct Contact: Sendable, Hashable {
    let id: ObjectID
    let number: Int64
    let name: String
    /// Empty when there is none. That of a guest is as he said.
    let phone: String
    let email: String
}

extension Contact {
    /// The fields of `users` that are read.
    static let fields: Document = ["number": 1, "name": 1, "phone": 1, "email": 1, "guest": 1]

    init?(_ user: Document?) {
        guard let user, let id: ObjectID = user.get("_id") else { return nil }
        self.id = id
        number = user.get("number") ?? 0
        name = user.get("name") ?? ""
        phone = user.get("phone") ?? user.get("guest", as: Document.self)?.get("phone") ?? ""
        email = user.get("email") ?? ""
    }
}
