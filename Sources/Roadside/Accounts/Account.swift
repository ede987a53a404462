public import BSON
public import Foundation
public import RoadsideRules

/// A person who can sign in: one document of `users`, with the provider's working side when there is one.
public struct Account: Sendable, Hashable {
    public let id: ObjectID
    public let number: Int64
    public let role: Role
    /// Lower-cased; empty when the account has none.
    public var email: String
    /// E.164; empty when the account has none.
    public var phone: String
    public var name: String
    public var isActive: Bool
    public var isEmailVerified: Bool
    public var isPhoneVerified: Bool
    public var createdAt: Date
    public var updatedAt: Date
    public var vehicle: VehicleFacts?
    /// Where he lives or has his office; empty when he has not told.
    public var address: String
    /// Where a customer was last, by his own word; that of a provider is in his profile.
    public var position: GeoPoint?
    /// The uploaded photo of his face.
    public var photoID: ObjectID?
    public var provider: ProviderProfile?

    /// A way to reach the person is proven (K41). The vetting of a provider is `provider.isVerified`.
    public var isVerified: Bool { isEmailVerified || isPhoneVerified }
}

extension Account {
    /// Reads a `users` document; `profile` is the `mechanics` document of a provider.
    public init(_ document: Document, profile: Document? = nil) throws(BSONError) {
        id = try document.require("_id")
        number = document.get("number") ?? 0
        role = document.get("roles", as: [String].self)?.lazy.compactMap(Role.init(rawValue:)).first ?? .customer
        email = document.get("email") ?? ""
        phone = document.get("phone") ?? ""
        name = document.get("name") ?? ""
        isActive = document.get("is_active") ?? true
        let proofs = document.get("is_verified", as: Document.self)
        isEmailVerified = proofs?.get("email") ?? false
        isPhoneVerified = proofs?.get("phone") ?? false
        createdAt = try document.require("created_at")
        updatedAt = document.get("updated_at") ?? createdAt
        vehicle = VehicleFacts(document.get("vehicle_info"))
        address = document.get("address") ?? ""
        position = GeoPoint(geoJSON: document.get("position"))
        photoID = document.get("photo_id")
        if let profile { provider = try ProviderProfile(profile) }
    }
}
