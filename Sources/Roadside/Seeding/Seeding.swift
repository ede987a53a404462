import BSON
import Foundation
import Mongo
public import RoadsideRules

/// Demo data, written in bulk: the accounts of a seed file, and a city around them that follows from one recorded number.
///
/// Every batch and the mark how far the run has come are one transaction. So a run that is killed goes on where it
/// stopped, two at once share the work, and nothing is ever written twice; what people have changed since stays.
public struct Seeding: Sendable {
    let dependencies: Dependencies
    let passwords: PasswordHasher
    /// What past jobs may have been about.
    public let catalog: Catalog

    init(_ dependencies: Dependencies, passwords: PasswordHasher, catalog: Catalog) {
        self.dependencies = dependencies
        self.passwords = passwords
        self.catalog = catalog
    }

    /// One account of a seed file that was made or was there already.
    public struct Account: Sendable, Hashable {
        public let email: String
        public let name: String
        public let role: Role
        public let isNew: Bool
    }

    /// Makes the accounts that are missing.
    ///
    /// - Throws: `FORBIDDEN` in production, for the password is published.
    public func load(_ seed: SeedAccounts) async throws(RoadsideError) -> [Account] {
        try refuseProduction()
        return try await residents(seed, anchor: dependencies.now()).map(\.account)
    }

    var store: Store { dependencies.store }

    func refuseProduction() throws(RoadsideError) {
        if dependencies.settings.environment == .production {
            throw RoadsideError(.forbidden, "Demo accounts have a published password; production is refused.")
        }
    }
}

extension Seeding {
    /// A named account as it is in the database.
    struct Resident {
        let account: Account
        /// With the id it really has; nil when somebody else has its phone number or it is somebody else by now.
        let person: SeedPerson?
    }

    func residents(_ seed: SeedAccounts, anchor: Date) async throws(RoadsideError) -> [Resident] {
        var hash: String?
        var residents: [Resident] = []
        for person in seed.people {
            if let known = try await known(person) {
                residents.append(Resident(person, as: known))
                continue
            }
            let made: String
            if let hash { made = hash } else { made = try await passwords.hash(seed.password) }
            hash = made
            residents.append(try await make(person, hash: made, anchor: anchor))
        }
        return residents
    }

    private func make(_ person: SeedPerson, hash: String, anchor: Date) async throws(RoadsideError) -> Resident {
        let number = try await store.nextNumber(.users)
        let user = person.user(number: number, passwordHash: hash, anchor: anchor)
        let mechanic = person.mechanic(number: number, anchor: anchor)
        do throws(RoadsideError) {
            try await store.transaction { transaction in
                try transaction.users.insert(user)
                if let mechanic { try transaction.mechanics.insert(mechanic) }
            }
        } catch {
            // Another seeding was quicker, or somebody registered this moment.
            guard let known = try await known(person) else { throw error }
            return Resident(person, as: known)
        }
        return Resident(
            account: Account(email: person.email, name: person.name, role: person.role, isNew: true), person: person)
    }

    private func known(_ person: SeedPerson) async throws(RoadsideError) -> Document? {
        try await store.database { () async throws(MongoError) in
            let his: [BSONValue] = [["_id": .id(person.id)], ["email": .string(person.email)]]
            if let user = try await store.users.findOne(["$or": .array(his)]) { return user }
            return try await store.users.findOne(["phone": .string(person.phone)])
        }
    }
}

extension Seeding.Resident {
    fileprivate init(_ person: SeedPerson, as user: Document) {
        account = Seeding.Account(email: person.email, name: person.name, role: person.role, isNew: false)
        let roles: [String] = user.get("roles") ?? []
        let isHe = user.get("_id") == person.id || user.get("email") == person.email
        let id: ObjectID? = isHe && roles.contains(person.role.rawValue) ? user.get("_id") : nil
        self.person = id.map(person.with)
    }
}

extension SeedPerson {
    /// The same person under the id that an earlier version gave him.
    fileprivate func with(id: ObjectID) -> SeedPerson {
        var profile = profile
        profile?.id = id
        return SeedPerson(
            id: id, role: role, name: name, email: email, phone: phone, vehicle: vehicle, profile: profile,
            place: place, age: age)
    }
}
