import BSON
import Mongo
import RoadsideRules

/// The people of some jobs, read once for all of them.
struct People: Sendable {
    let customers: [ObjectID: Contact]
    let providers: [ObjectID: ProviderProfile]

    /// Reads whom the jobs themselves cannot show: of a finished job its snapshots are enough, but for the viewer's own
    /// side of it.
    ///
    /// - Parameter known: a provider who has been read with the job.
    init(
        of records: [JobRecord], viewer: JobViewer, knowing known: ProviderProfile? = nil, in lease: MongoLease
    ) throws(MongoError) {
        let me = viewer.caller.userID
        var (customerIDs, providerIDs) = (Set<ObjectID>(), Set<ObjectID>())
        // From where he is, every pickup has a distance.
        if viewer.caller.role == .provider { providerIDs.insert(me) }
        for record in records {
            let isRead = viewer.seesContacts || !record.isTold
            if isRead || record.customerID == me { customerIDs.insert(record.customerID) }
            if isRead, let provider = record.assignedTo { providerIDs.insert(provider) }
        }
        var customers: [ObjectID: Contact] = [:]
        if let own = viewer.own, customerIDs.remove(own.id) != nil { customers[own.id] = own }
        if !customerIDs.isEmpty {
            let users = try lease.users.find(
                Self.any(of: customerIDs), projection: Contact.fields, limit: customerIDs.count)
            for user in users.compactMap(Contact.init) { customers[user.id] = user }
        }
        self.customers = customers
        var providers: [ObjectID: ProviderProfile] = [:]
        if let known, providerIDs.remove(known.id) != nil { providers[known.id] = known }
        if !providerIDs.isEmpty {
            let profiles = try lease.mechanics.find(Self.any(of: providerIDs), limit: providerIDs.count)
            for profile in profiles.compactMap({ try? ProviderProfile($0) }) { providers[profile.id] = profile }
        }
        self.providers = providers
    }

    /// The people of a job that nobody has taken yet.
    init(customer: Contact?) {
        customers = customer.map { [$0.id: $0] } ?? [:]
        providers = [:]
    }

    private static func any(of ids: Set<ObjectID>) -> Document {
        // The database has a shorter way for one id than for a list of one.
        if let only = ids.first, ids.count == 1 { return ["_id": .id(only)] }
        return ["_id": ["$in": .array(ids.sorted().map(BSONValue.id))]]
    }
}

/// For whom jobs are read.
struct JobViewer: Sendable {
    let caller: Caller
    /// Himself, when the session gate has looked at him a moment ago.
    let own: Contact?
    /// Sees everybody's contact data, also of jobs that are over.
    let seesContacts: Bool
}

extension JobRecord {
    /// Over, with all that is still shown of its people kept in the job itself.
    fileprivate var isTold: Bool {
        status.isTerminal && customer.masked != nil && (assignedTo == nil || provider?.masked != nil)
    }
}
