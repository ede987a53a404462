import BSON
import Logging
import Mongo
public import RoadsideRules

/// Which accounts of a list are wanted; nil means all.
public struct AccountFilter: Sendable, Hashable {
    public var role: Role?
    public var isActive: Bool?
    /// Whether an address of his is proven (K41), his e-mail address or his phone number.
    public var isContactVerified: Bool?
    /// Beginnings of words of the name, the e-mail address or the phone number; each must fit.
    public var search: String?

    public init(
        role: Role? = nil, isActive: Bool? = nil, isContactVerified: Bool? = nil, search: String? = nil
    ) {
        self.role = role
        self.isActive = isActive
        self.isContactVerified = isContactVerified
        self.search = search
    }
}

extension Administration {
    /// Accounts, newest first.
    ///
    /// - Throws: `VALIDATION_ERROR` for a cursor that is none of ours and for more than ten words.
    public func users(
        _ filter: AccountFilter, _ request: PageRequest, for caller: Caller
    ) async throws(RoadsideError) -> Page<ManagedAccount> {
        try caller.require(.admin, toDo: "list accounts")
        var listed = Document()
        listed.append("roles", ifPresent: filter.role?.rawValue)
        listed.append("is_active", ifPresent: filter.isActive)
        // The cursor of a page takes the `$or` at the top.
        var conditions: [BSONValue] = []
        switch filter.isContactVerified {
        case true?: conditions.append(["$or": [["is_verified.email": true], ["is_verified.phone": true]]])
        case false?: conditions.append(.document(Self.unproven))
        case nil: break
        }
        let words = SearchWords.typed(filter.search ?? "")
        guard words.count <= SearchWords.most else {
            throw .validation([FieldIssue(name: "search", message: "At most \(SearchWords.most) words.")])
        }
        if !words.isEmpty { conditions.append(.document(SearchWords.filter(words))) }
        if !conditions.isEmpty { listed.append("$and", .array(conditions)) }

        let page = try await store.page(store.users, listed, request, projection: Self.withoutSecrets)
        let profiles = try await profiles(of: page.items)
        let online = try await attendance.online(among: page.items.compactMap { $0.get("_id") })
        return page.replacing(
            page.items.compactMap { user in
                let profile = user.get("_id").flatMap { profiles[$0] }
                do {
                    return try ManagedAccount(user, profile: profile, online: online)
                } catch {
                    dependencies.logger.error("A damaged account was left out", metadata: ["error": "\(error)"])
                    return nil
                }
            })
    }

    /// The account with what vetting has written.
    func managed(_ account: Account) async throws(RoadsideError) -> ManagedAccount {
        let online = try await attendance.online(among: [account.id])
        guard account.role == .provider else { return ManagedAccount(account, profile: nil, online: online) }
        let profile = try await store.database { () async throws(MongoError) in
            try await store.mechanics.findOne(["_id": .id(account.id)])
        }
        return ManagedAccount(account, profile: profile, online: online)
    }

    func profiles(of users: [Document]) async throws(RoadsideError) -> [ObjectID: Document] {
        let providers = users.filter {
            $0.get("roles", as: [String].self)?.contains(Role.provider.rawValue) ?? false
        }
        let ids = providers.compactMap { $0.get("_id", as: ObjectID.self) }
        guard !ids.isEmpty else { return [:] }
        let documents = try await store.database { () async throws(MongoError) in
            try await store.mechanics.find(["_id": ["$in": .array(ids.map(BSONValue.id))]])
        }
        return Dictionary(documents.compactMap { profile in profile.get("_id").map { ($0, profile) } }) { first, _ in
            first
        }
    }

    /// Both are stored with every account; `$ne` would walk whatever an index has beside the one value.
    static let unproven: Document = [
        "is_verified.email": ["$in": [false, .null]], "is_verified.phone": ["$in": [false, .null]],
    ]

    /// What a list need not read never leaves the database.
    static let withoutSecrets: Document = [
        "password_hash": 0, "session_version": 0, "ended_sessions": 0, "search": 0,
    ]
}
