import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// The vehicles of customers. The owner is part of every query, so a foreign one and a missing one are the same.
///
/// A job keeps what was known of its vehicle when it was asked for, whatever becomes of that here.
public struct Vehicles: Sendable {
    let dependencies: Dependencies
    private var store: Store { dependencies.store }

    init(_ dependencies: Dependencies) { self.dependencies = dependencies }

    /// Of one customer. Ours.
    public static let most = 20

    /// The caller's vehicles, by plate.
    ///
    /// - Throws: `FORBIDDEN` for anybody but a customer.
    public func list(of caller: Caller) async throws(RoadsideError) -> [Vehicle] {
        try caller.require(.customer, toDo: "keep vehicles")
        let documents = try await store.database { () async throws(MongoError) in
            try await store.vehicles.find(Self.owned(by: caller), sort: ["license_plate": 1], limit: Self.most)
        }
        return documents.compactMap(Vehicle.init)
    }

    /// - Throws: `NOT_FOUND`; `FORBIDDEN` for anybody but a customer.
    public func vehicle(_ reference: Reference, of caller: Caller) async throws(RoadsideError) -> Vehicle {
        try caller.require(.customer, toDo: "keep vehicles")
        let filter = try Self.filter(reference, of: caller)
        let document = try await store.database { () async throws(MongoError) in
            try await store.vehicles.findOne(filter)
        }
        guard let vehicle = Vehicle(document) else { throw .noVehicle }
        return vehicle
    }

    /// - Throws: `VALIDATION_ERROR` with every issue; `CONFLICT` for a plate that he has already, and for one vehicle too
    ///   many; `FORBIDDEN` for anybody but a customer.
    public func add(_ draft: VehicleDraft, by caller: Caller) async throws(RoadsideError) -> Vehicle {
        try caller.require(.customer, toDo: "keep vehicles")
        let now = dependencies.now()
        let vehicle = try draft.checked(ObjectID(), by: dependencies.reference.current, at: now)
        let owner = Self.owned(by: caller)
        try await store.transaction { transaction in
            // Written, not only read, so that of two who add the last one possible one has to look again; and counted, for
            // to write what is there already is to write nothing.
            try transaction.users.updateOne(
                ["_id": .id(caller.userID)], ["$inc": ["vehicles_added": .int64(1)]])
            guard try transaction.vehicles.count(owner) < Self.most else {
                throw RoadsideError(.conflict, "You have \(Self.most) vehicles already; remove one first.")
            }
            let document: Document = ["_id": .id(vehicle.id), "created_at": .date(now), "version": .int64(1)]
            try transaction.vehicles.insert(document.and(owner).and(vehicle.told))
        }
        return vehicle
    }

    /// Replaces what is known of a vehicle; what is nil is known no longer.
    ///
    /// - Throws: as ``add(_:by:)``; `NOT_FOUND`.
    public func change(
        _ reference: Reference, to draft: VehicleDraft, by caller: Caller
    ) async throws(RoadsideError) -> Vehicle {
        try caller.require(.customer, toDo: "keep vehicles")
        let filter = try Self.filter(reference, of: caller)
        let told = try draft.checked(ObjectID(), by: dependencies.reference.current, at: dependencies.now()).told
        let document = try await store.database { () async throws(MongoError) in
            try await store.vehicles.findOneAndUpdate(
                filter, ["$set": .document(told), "$inc": ["version": .int64(1)]])
        }
        guard let vehicle = Vehicle(document) else { throw .noVehicle }
        return vehicle
    }

    /// - Throws: `NOT_FOUND`; `FORBIDDEN` for anybody but a customer.
    public func remove(_ reference: Reference, by caller: Caller) async throws(RoadsideError) {
        try caller.require(.customer, toDo: "keep vehicles")
        let filter = try Self.filter(reference, of: caller)
        let removed = try await store.database { () async throws(MongoError) in
            try await store.vehicles.deleteOne(filter)
        }
        if removed == 0 { throw .noVehicle }
    }

    /// What a job keeps of the vehicle it is asked for.
    ///
    /// - Throws: `VALIDATION_ERROR` when he has no such vehicle.
    func facts(of reference: Reference, for caller: Caller) async throws(RoadsideError) -> VehicleFacts {
        do throws(RoadsideError) {
            return try await vehicle(reference, of: caller).facts
        } catch  where error.code == .notFound {
            throw .validation([FieldIssue(name: "vehicle_id", message: "You have no such vehicle.")])
        }
    }

    private static func owned(by caller: Caller) -> Document {
        caller.condition(on: .vehicle).and(["owner_kind": "customer"])
    }

    /// Vehicles have no numbers.
    private static func filter(_ reference: Reference, of caller: Caller) throws(RoadsideError) -> Document {
        guard case .id(let id) = reference else { throw .noVehicle }
        return owned(by: caller).and(["_id": .id(id)])
    }
}

extension RoadsideError {
    static let noVehicle = RoadsideError.notFound("Vehicle")
}
