import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

// Nobody is put into a company: he is invited, and comes by his own word.
extension Fleets {
    /// Invites a provider, who finds a row in his inbox and the invitation in ``invitations(of:)``.
    ///
    /// - Throws: `VALIDATION_ERROR` for nobody's id and for the role of the owner; `CONFLICT` for who is invited or in the
    ///   company already, and for a full one; `FORBIDDEN`, `NOT_FOUND`.
    public func invite(
        _ provider: Reference, as role: Company.Role = .crew, by caller: Caller
    ) async throws(RoadsideError) -> Fleet {
        guard role != .owner else { throw .validation([Self.noOwner]) }
        let rows = try await change(by: caller) { [inbox] company, now, transaction in
            guard let document = try transaction.mechanics.findOne(provider.filter) else {
                throw RoadsideError.validation([
                    FieldIssue(name: "provider_id", message: "There is no such provider.")
                ])
            }
            let profile = try ProviderProfile(document)
            guard !company.members.contains(where: { $0.providerID == profile.id }) else {
                throw RoadsideError(.conflict, "This provider is invited or in the company already.")
            }
            guard company.members.count < Self.mostMembers else {
                throw RoadsideError(.conflict, "A company has at most \(Self.mostMembers) members.")
            }
            let member = Company.Member(
                providerID: profile.id, number: profile.number, name: profile.name, role: role, hasJoined: false)
            try Self.update(company, ["$push": ["members": .document(member.document)]], at: now, in: transaction)
            return try inbox.append(
                [Self.notice("company.invited", of: company, to: profile.id)], in: transaction)
        }
        inbox.ring(rows)
        return try await mine(caller)
    }

    /// The companies that have invited the caller and wait for his answer; of their members only he himself is told.
    ///
    /// - Throws: `FORBIDDEN` for anybody but a provider.
    public func invitations(of caller: Caller) async throws(RoadsideError) -> [Company] {
        try caller.require(.provider, toDo: "be invited")
        let documents = try await store.database { () async throws(MongoError) in
            try await store.companies.find(
                ["members.provider_id": .id(caller.userID), "members": Self.invited(caller.userID)],
                sort: ["_id": 1],
                projection: ["name": 1, "members": ["$elemMatch": ["provider_id": .id(caller.userID)]]],
                limit: Self.mostInvitations)
        }
        return documents.compactMap(Company.init)
    }

    /// Accepts an invitation.
    ///
    /// - Throws: `NOT_FOUND` for who is not invited; `CONFLICT` for who belongs to a company; `FORBIDDEN`.
    public func join(_ company: Reference, by caller: Caller) async throws(RoadsideError) -> Fleet {
        try await answer(company, by: caller) { company, now, transaction in
            try Self.enter(company.id, caller.userID, at: now, in: transaction)
            try transaction.companies.updateOne(
                ["_id": .id(company.id), "members.provider_id": .id(caller.userID)],
                ["$set": ["members.$.joined": true, "updated_at": .date(now)], "$inc": ["version": .int64(1)]])
        }
        return try await mine(caller)
    }

    /// Refuses an invitation.
    ///
    /// - Throws: `NOT_FOUND` for who is not invited; `FORBIDDEN`.
    public func decline(_ company: Reference, by caller: Caller) async throws(RoadsideError) {
        try await answer(company, by: caller) { company, now, transaction in
            try Self.strike(caller.userID, from: company, at: now, in: transaction)
        }
    }

    /// Leaves the company, and the truck he is in. Its owner stays, or dissolves it.
    ///
    /// - Throws: `CONFLICT` for the owner; `PROVIDER_BUSY` with a job in hand; `NOT_FOUND`, `FORBIDDEN`.
    public func leave(by caller: Caller) async throws(RoadsideError) {
        try await change(by: caller, as: Set(Company.Role.allCases)) { company, now, transaction in
            guard company.role(of: caller.userID) != .owner else {
                throw RoadsideError(.conflict, "The owner cannot leave; dissolve the company instead.")
            }
            try Self.depart(company.id, caller.userID, at: now, in: transaction)
            try Self.strike(caller.userID, from: company, at: now, in: transaction)
        }
    }

    /// Removes a member, or takes an invitation back. He finds a row in his inbox when he was a member.
    ///
    /// - Throws: `CONFLICT` for the owner; `PROVIDER_BUSY` while the member has a job in hand; `NOT_FOUND`, `FORBIDDEN`.
    public func remove(_ member: Reference, by caller: Caller) async throws(RoadsideError) -> Fleet {
        let rows = try await change(by: caller) { [inbox] company, now, transaction -> [InboxRow] in
            let member = try Self.member(member, of: company)
            try Self.strike(member.providerID, from: company, at: now, in: transaction)
            guard member.hasJoined else { return [] }
            try Self.depart(company.id, member.providerID, at: now, in: transaction)
            return try inbox.append(
                [Self.notice("company.removed", of: company, to: member.providerID)], in: transaction)
        }
        inbox.ring(rows)
        return try await mine(caller)
    }

    /// Makes a member manager or crew.
    ///
    /// - Throws: `VALIDATION_ERROR` for the role of the owner; `CONFLICT` for the owner himself; `FORBIDDEN` for anybody
    ///   but the owner; `NOT_FOUND`.
    public func setRole(
        _ role: Company.Role, of member: Reference, by caller: Caller
    ) async throws(RoadsideError) -> Fleet {
        guard role != .owner else { throw .validation([Self.noOwner]) }
        try await change(by: caller, as: [.owner]) { company, now, transaction in
            let member = try Self.member(member, of: company)
            try transaction.companies.updateOne(
                ["_id": .id(company.id), "members.provider_id": .id(member.providerID)],
                [
                    "$set": ["members.$.role": .string(role.rawValue), "updated_at": .date(now)],
                    "$inc": ["version": .int64(1)],
                ])
        }
        return try await mine(caller)
    }
}

extension Fleets {
    /// One transaction on a company that has invited the caller.
    private func answer(
        _ reference: Reference, by caller: Caller,
        _ body: @escaping @Sendable (Company, Date, MongoTransaction) throws -> Void
    ) async throws(RoadsideError) {
        try caller.require(.provider, toDo: "answer invitations")
        guard case .id(let id) = reference else { throw .noCompany }
        let now = dependencies.now()
        try await store.transaction { transaction in
            let company = Company(
                try transaction.companies.findOne(["_id": .id(id), "members": Self.invited(caller.userID)]))
            guard let company else { throw RoadsideError.noCompany }
            try body(company, now, transaction)
        }
    }

    /// - Throws: `NOT_FOUND` for who is no member, `CONFLICT` for the owner, whom nobody changes.
    private static func member(_ reference: Reference, of company: Company) throws(RoadsideError) -> Company.Member {
        let found = company.members.first { member in
            switch reference {
            case .id(let id): member.providerID == id
            case .number(let number): member.number == number
            }
        }
        guard let found else { throw .notFound("Member") }
        guard found.role != .owner else { throw RoadsideError(.conflict, "The owner stays the owner.") }
        return found
    }

    private static func strike(
        _ provider: ObjectID, from company: Company, at now: Date, in transaction: MongoTransaction
    ) throws(MongoError) {
        try update(company, ["$pull": ["members": ["provider_id": .id(provider)]]], at: now, in: transaction)
    }

    private static func invited(_ provider: ObjectID) -> BSONValue {
        ["$elemMatch": ["provider_id": .id(provider), "joined": false]]
    }

    private static func notice(_ message: String, of company: Company, to recipient: ObjectID) -> InboxEntry {
        var body = InboxBody(title: company.name, text: "", message: message)
        body.topic = "account"
        return InboxEntry(recipient: recipient, kind: .message, routes: [], body: body)
    }

    private static let noOwner = FieldIssue(name: "role", message: "Must be one of manager, crew.")
    private static let mostInvitations = 50
}
