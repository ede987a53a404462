public import BSON
public import Foundation
public import RoadsideRules

/// An account as a seed makes it: everything but the password, the small number and the moment of its creation.
public struct SeedPerson: Sendable, Hashable {
    /// Follows from the seed, so that a second run finds the person again.
    public let id: ObjectID
    public let role: Role
    public let name: String
    public let email: String
    public let phone: String
    public let vehicle: VehicleFacts?
    /// The provider's working side; its `number` is 0 until the account is written.
    public let profile: ProviderProfile?
    /// Where a provider is, in words.
    public let place: String
    /// Before the seeding, so that the person has had time for a history.
    public let age: TimeInterval

    init(
        id: ObjectID, role: Role, name: String, email: String, phone: String, vehicle: VehicleFacts? = nil,
        profile: ProviderProfile? = nil, place: String = "", age: TimeInterval
    ) {
        self.id = id
        self.role = role
        self.name = name
        self.email = email
        self.phone = phone
        self.vehicle = vehicle
        self.profile = profile
        self.place = place
        self.age = age
    }
}

extension SeedPerson {
    func user(number: Int64, passwordHash: String, anchor: Date) -> Document {
        AccountDraft(seed: self)
            .user(id: id, number: number, passwordHash: passwordHash, isProven: true, at: anchor - age)
    }

    func mechanic(number: Int64, anchor: Date) -> Document? {
        guard var profile else { return nil }
        profile.number = number
        profile.phone = phone
        profile.email = email
        return profile.document(createdAt: anchor - age)
    }
}

/// Ids that follow from a name: the same thing is the same document in every run.
enum SeedID {
    /// The first four bytes are the seconds of 2024-01-01, as an id's are; the others are the name's hash.
    static func of(_ name: String, seconds: UInt32 = 1_704_067_200) -> ObjectID {
        let hash = SplitMix64.mixed(SplitMix64.hash(name))
        let bytes =
            (0..<4).map { UInt8(truncatingIfNeeded: seconds >> (24 - 8 * $0)) }
            + (0..<8).map { UInt8(truncatingIfNeeded: hash >> (56 - 8 * $0)) }
        // Twelve bytes always are an id.
        return ObjectID(bytes: bytes) ?? ObjectID()
    }
}
