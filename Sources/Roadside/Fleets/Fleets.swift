import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// Companies with several trucks and crews.
///
/// A provider belongs to one company at most: his profile names it, and joining is a compare-and-set on that. Whatever
/// takes a member or a truck away writes the member's profile in the same transaction, on the condition that he has no
/// job, so it cannot fall into one that begins in that moment. Who is asked about is always the caller's own company.
public struct Fleets: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox

    init(_ dependencies: Dependencies, inbox: Inbox) {
        self.dependencies = dependencies
        self.inbox = inbox
    }

    var store: Store { dependencies.store }

    /// Makes a company that its maker owns.
    ///
    /// - Throws: `VALIDATION_ERROR`; `CONFLICT` for who belongs to one; `FORBIDDEN` for anybody but a provider.
    public func create(name: String, by caller: Caller) async throws(RoadsideError) -> Fleet {
        try caller.require(.provider, toDo: "make a company")
        let name = try Self.checked(name)
        let now = dependencies.now()
        try await store.transaction { transaction in
            let id = ObjectID()
            let owner = try Self.profile(caller.userID, in: transaction)
            let member = Company.Member(
                providerID: owner.id, number: owner.number, name: owner.name, role: .owner, hasJoined: true)
            try Self.enter(id, owner.id, at: now, in: transaction)
            try transaction.companies.insert([
                "_id": .id(id), "name": .string(name), "owner_id": .id(owner.id),
                "members": [.document(member.document)], "created_at": .date(now), "updated_at": .date(now),
                "version": .int64(1),
            ])
        }
        return try await mine(caller)
    }

    /// The caller's company. Who manages it sees where its members stand; others see names, trucks, and themselves.
    ///
    /// - Throws: `NOT_FOUND` for who belongs to none, `FORBIDDEN` for anybody but a provider.
    public func mine(_ caller: Caller) async throws(RoadsideError) -> Fleet {
        try caller.require(.provider, toDo: "see a company")
        return try await store.lease { lease throws(MongoError) in
            let me = try lease.mechanics.findOne(["_id": .id(caller.userID)], projection: ["company_id": 1])
            guard let id: ObjectID = me?.get("company_id"),
                let company = Company(
                    try lease.collection("companies").findOne(["_id": .id(id), "members": Self.joined(caller.userID)])),
                let role = company.role(of: caller.userID)
            else { return Fleet?.none }
            let profiles = try lease.mechanics.find(["company_id": .id(id)], limit: Self.mostMembers)
                .compactMap { try? ProviderProfile($0) }
            let trucks = try lease.collection("vehicles").find(
                Self.owned(by: id), sort: ["license_plate": 1], limit: Self.mostTrucks)
            return Fleet(
                company: company, role: role, trucks: trucks.compactMap(Truck.init),
                profiles: Dictionary(
                    profiles.filter { role.manages || $0.id == caller.userID }.map { ($0.id, $0) }
                ) { first, _ in first },
                crews: Dictionary(
                    profiles.compactMap { profile in profile.work.truck.map { ($0.id, profile.id) } }
                ) { first, _ in first })
        }.orNone()
    }

    /// - Throws: `VALIDATION_ERROR`; `FORBIDDEN` for a member who does not manage it; `NOT_FOUND`.
    public func rename(_ name: String, by caller: Caller) async throws(RoadsideError) -> Fleet {
        let name = try Self.checked(name)
        try await change(by: caller) { company, now, transaction in
            try Self.update(company, ["$set": ["name": .string(name)]], at: now, in: transaction)
        }
        return try await mine(caller)
    }

    /// Dissolves the company with its trucks and whatever invitations are open.
    ///
    /// - Throws: `CONFLICT` while it has other members; `PROVIDER_BUSY` while its owner has a job in hand; `FORBIDDEN`
    ///   for anybody but its owner; `NOT_FOUND`.
    public func dissolve(by caller: Caller) async throws(RoadsideError) {
        try await change(by: caller, as: [.owner]) { company, now, transaction in
            guard company.members.allSatisfy({ $0.providerID == caller.userID || !$0.hasJoined }) else {
                throw RoadsideError(.conflict, "The company still has members; remove them first.")
            }
            try Self.depart(company.id, caller.userID, at: now, in: transaction)
            _ = try transaction.vehicles.deleteMany(Self.owned(by: company.id))
            _ = try transaction.companies.deleteOne(["_id": .id(company.id)])
        }
    }

    static let mostMembers = 200
    static let mostTrucks = 200
}

// What every change is made of.
extension Fleets {
    /// One transaction on the caller's own company, as one of these roles.
    ///
    /// - Throws: `NOT_FOUND` for who belongs to none, `FORBIDDEN` for another role.
    @discardableResult
    func change<T: Sendable>(
        by caller: Caller, as roles: Set<Company.Role> = [.owner, .manager],
        _ body: @escaping @Sendable (Company, Date, MongoTransaction) throws -> T
    ) async throws(RoadsideError) -> T {
        try caller.require(.provider, toDo: "change a company")
        let now = dependencies.now()
        return try await store.transaction { transaction in
            let company = try Self.company(of: caller.userID, in: transaction)
            guard let role = company.role(of: caller.userID), roles.contains(role) else {
                throw RoadsideError(.forbidden, "Your role in the company does not allow this.")
            }
            return try body(company, now, transaction)
        }
    }

    /// The company this provider has joined.
    static func company(of provider: ObjectID, in transaction: MongoTransaction) throws -> Company {
        let profile = try transaction.mechanics.findOne(["_id": .id(provider)], projection: ["company_id": 1])
        guard let id: ObjectID = profile?.get("company_id"),
            let company = Company(
                try transaction.companies.findOne(["_id": .id(id), "members": joined(provider)]))
        else { throw RoadsideError.noCompany }
        return company
    }

    static func update(
        _ company: Company, _ update: Document, at now: Date, in transaction: MongoTransaction
    ) throws(MongoError) {
        var set: Document = update.get("$set") ?? [:]
        set.append("updated_at", .date(now))
        var whole: Document = ["$set": .document(set), "$inc": ["version": .int64(1)]]
        for (name, value) in update where name != "$set" { whole.append(name, value) }
        try transaction.companies.updateOne(["_id": .id(company.id)], .document(whole))
    }

    /// Writes the company into a profile that names none.
    static func enter(
        _ company: ObjectID, _ provider: ObjectID, at now: Date, in transaction: MongoTransaction
    ) throws {
        let entered = try transaction.mechanics.updateOne(
            ["_id": .id(provider), "company_id": .null],
            ProviderProfile.update(setting: ["company_id": .id(company)], at: now))
        guard entered.matched == 1 else {
            throw RoadsideError(.conflict, "You belong to a company already; leave it first.")
        }
    }

    /// Takes the company, and the truck he is in, out of a profile.
    static func depart(
        _ company: ObjectID, _ provider: ObjectID, at now: Date, in transaction: MongoTransaction
    ) throws {
        let gone = try transaction.mechanics.updateOne(
            ProviderProfile.hasNoJob.and(["_id": .id(provider), "company_id": .id(company)]),
            ProviderProfile.update(
                setting: [:], unsetting: ["company_id", "current_vehicle", "current_vehicle_id"], at: now))
        guard gone.matched == 1 else { throw RoadsideError.memberHasJob }
    }

    static func profile(_ id: ObjectID, in transaction: MongoTransaction) throws -> ProviderProfile {
        guard let document = try transaction.mechanics.findOne(["_id": .id(id)]) else {
            throw RoadsideError.notFound("Provider")
        }
        return try ProviderProfile(document)
    }

    static func joined(_ provider: ObjectID) -> BSONValue {
        ["$elemMatch": ["provider_id": .id(provider), "joined": true]]
    }

    static func owned(by company: ObjectID) -> Document { ["owner_id": .id(company), "owner_kind": "fleet"] }

    static func checked(_ name: String) throws(RoadsideError) -> String {
        guard let name = ContactRules.displayName(name) else {
            throw .validation([FieldIssue(name: "name", message: "Write a name of 1 to 100 characters.")])
        }
        return name
    }
}

extension Optional<Fleet> {
    /// - Throws: `NOT_FOUND`.
    fileprivate func orNone() throws(RoadsideError) -> Fleet {
        guard let self else { throw .noCompany }
        return self
    }
}

extension RoadsideError {
    static let noCompany = RoadsideError.notFound("Company")
    static let memberHasJob = RoadsideError(.providerBusy, "A job is in hand there; let it be finished first.")
}
