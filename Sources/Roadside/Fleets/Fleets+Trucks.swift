public import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

// Trucks, and who is in them.
extension Fleets {
    /// One truck of the caller's company, and who is in it.
    ///
    /// - Throws: `NOT_FOUND`; `FORBIDDEN` for anybody but a provider.
    public func truck(
        _ truck: Reference, for caller: Caller
    ) async throws(RoadsideError) -> (truck: Truck, crew: ObjectID?) {
        let id = try Self.id(truck)
        let fleet = try await mine(caller)
        guard let found = fleet.trucks.first(where: { $0.id == id }) else { throw .noVehicle }
        return (found, fleet.crews[id])
    }

    /// Adds a truck.
    ///
    /// - Throws: `VALIDATION_ERROR` with every issue; `CONFLICT` for a plate that is in a fleet of this market already, and
    ///   for a full company; `FORBIDDEN`, `NOT_FOUND`.
    public func add(_ draft: TruckDraft, by caller: Caller) async throws(RoadsideError) -> Truck {
        let truck = try draft.checked(ObjectID(), by: dependencies.reference.current)
        let market = dependencies.settings.phoneRegion
        try await change(by: caller) { company, now, transaction in
            guard try transaction.vehicles.count(Self.owned(by: company.id)) < Self.mostTrucks else {
                throw RoadsideError(.conflict, "A company has at most \(Self.mostTrucks) trucks.")
            }
            var document = truck.document.and(Self.owned(by: company.id))
            document.append("market", .string(market))
            document.append(
                contentsOf: ["created_at": .date(now), "updated_at": .date(now), "version": .int64(1)])
            try transaction.vehicles.insert(document)
        }
        return truck
    }

    /// Replaces what is known of a truck, also where the profile of whoever is in it repeats that.
    ///
    /// - Throws: as ``add(_:by:)``; `PROVIDER_BUSY` while the truck is in a job (U23).
    public func change(_ truck: Reference, to draft: TruckDraft, by caller: Caller) async throws(RoadsideError) -> Truck
    {
        let id = try Self.id(truck)
        let truck = try draft.checked(id, by: dependencies.reference.current)
        try await change(by: caller) { company, now, transaction in
            var set = truck.document
            if truck.towClass == nil { set.append("tow_class", .null) }
            if truck.capacityKg == nil { set.append("capacity_kg", .null) }
            set.append("updated_at", .date(now))
            let found = try transaction.vehicles.updateOne(
                Self.owned(by: company.id).and(["_id": .id(id)]),
                ["$set": .document(set), "$inc": ["version": .int64(1)]])
            guard found.matched == 1 else { throw RoadsideError.noVehicle }
            try Self.tellCrew(of: id, setting: ["current_vehicle": .document(truck.document)], at: now, in: transaction)
        }
        return truck
    }

    /// Takes a truck out of the fleet; whoever is in it gets out.
    ///
    /// - Throws: `PROVIDER_BUSY` while the truck is in a job; `NOT_FOUND`, `FORBIDDEN`.
    public func retire(_ truck: Reference, by caller: Caller) async throws(RoadsideError) {
        let id = try Self.id(truck)
        try await change(by: caller) { company, now, transaction in
            guard try transaction.vehicles.deleteOne(Self.owned(by: company.id).and(["_id": .id(id)])) == 1 else {
                throw RoadsideError.noVehicle
            }
            try Self.tellCrew(
                of: id, unsetting: ["current_vehicle", "current_vehicle_id"], at: now, in: transaction)
        }
    }

    /// Gets into a truck of his company, out of the one before; nil gets out.
    ///
    /// - Throws: `CONFLICT` when somebody else is in it; `PROVIDER_BUSY` with a job in hand (U23); `NOT_FOUND` for a truck
    ///   that is not his company's; `FORBIDDEN` for anybody but a provider.
    public func board(_ truck: Reference?, by caller: Caller) async throws(RoadsideError) {
        try caller.require(.provider, toDo: "take a truck")
        let now = dependencies.now()
        let id: ObjectID? = if let truck { try Self.id(truck) } else { nil }
        try await store.transaction { transaction in
            var changes = Document()
            if let id {
                let company = try Self.company(of: caller.userID, in: transaction)
                // Written, not only read, so that it cannot be taken out of the fleet in the same moment; and counted, for
                // to write what is there already is to write nothing.
                let document = try transaction.vehicles.findOneAndUpdate(
                    Self.owned(by: company.id).and(["_id": .id(id)]),
                    ["$set": ["taken_at": .date(now)], "$inc": ["taken": .int64(1)]], returning: .after)
                guard let truck = Truck(document) else { throw RoadsideError.noVehicle }
                changes = ["current_vehicle_id": .id(id), "current_vehicle": .document(truck.document)]
            }
            let taken = try transaction.mechanics.updateOne(
                ProviderProfile.hasNoJob.and(["_id": .id(caller.userID)]),
                ProviderProfile.update(
                    setting: changes, unsetting: id == nil ? ["current_vehicle", "current_vehicle_id"] : [], at: now))
            guard taken.matched == 1 else { throw RoadsideError.hasJob }
        }
    }

    /// Writes the profile of whoever is in the truck, unless he has a job: nothing may change under it.
    private static func tellCrew(
        of truck: ObjectID, setting changes: Document = [:], unsetting removed: [String] = [], at now: Date,
        in transaction: MongoTransaction
    ) throws {
        let crew = try transaction.mechanics.findOne(["current_vehicle_id": .id(truck)], projection: ["_id": 1])
        guard let id: ObjectID = crew?.get("_id") else { return }
        let told = try transaction.mechanics.updateOne(
            ProviderProfile.hasNoJob.and(["_id": .id(id)]),
            ProviderProfile.update(setting: changes, unsetting: removed, at: now))
        guard told.matched == 1 else { throw RoadsideError.memberHasJob }
    }

    /// Trucks have no numbers.
    private static func id(_ truck: Reference) throws(RoadsideError) -> ObjectID {
        guard case .id(let id) = truck else { throw .noVehicle }
        return id
    }
}
