import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// B13, B30: a person, as he himself sees himself. What belongs to assistants is null for anybody else.
enum PersonView {
    static func json(_ account: Account, _ catalog: Catalog) -> JSON {
        let provider = account.provider
        let (place, licence) = (provider?.location ?? account.position, provider?.work.licence)
        return [
            "id": .int(account.number), "email": JSON(account.email.isEmpty ? nil : account.email),
            "name": .string(account.name), "phone_number": .string(account.phone),
            "profile_photo": .photo(account.photoID),
            "address": JSON(account.address.isEmpty ? nil : account.address),
            "current_lat": place.map { .double($0.latitude) } ?? .null,
            "current_lng": place.map { .double($0.longitude) } ?? .null,
            "user_type": .string(DepanniniWords.userType(account.role)),
            "service_type": provider.map { .string(catalog.assistantService($0.capabilities)) } ?? .null,
            "vehicle_type": JSON(provider?.vehicleType),
            "is_active_assistant": .bool(provider.map { $0.availability.isOnDuty } ?? false),
            "driving_license_cat": JSON(licence.flatMap { DepanniniWords.licence($0.classes) }),
            "driving_license_num": JSON(licence?.number), "driving_license_expiry": JSON(licence?.expiresOn),
            "vehicle_registration_num": .registration(provider?.ownVehicle?.registration ?? ""),
        ]
    }

    static let example: JSON = [
        "id": 1, "email": "client@example.com", "name": "Amine Client", "phone_number": "+254712345678",
        "profile_photo": nil, "address": nil, "current_lat": nil, "current_lng": nil, "user_type": "client",
        "service_type": nil, "vehicle_type": nil, "is_active_assistant": false, "driving_license_cat": nil,
        "driving_license_num": nil, "driving_license_expiry": nil, "vehicle_registration_num": nil,
    ]

    static let assistantExample: JSON = [
        "id": 2, "email": "assistant@example.com", "name": "Samir Assistant", "phone_number": "+254712345679",
        "profile_photo": "/static/uploads/65a50b2c9f1d4e00123456a0", "address": "Kilimani Road 7",
        "current_lat": -1.2921, "current_lng": 36.8219, "user_type": "assistant", "service_type": "towing",
        "vehicle_type": "flatbed", "is_active_assistant": true, "driving_license_cat": "c",
        "driving_license_num": "DL-0012678", "driving_license_expiry": "2027-03-31",
        "vehicle_registration_num": 123456,
    ]
}

/// B14: the same with what customers and staff think of him.
enum AssistantProfileView {
    static func json(_ account: Account, _ catalog: Catalog) -> JSON {
        PersonView.json(account, catalog)
            .adding("rating", .stars(account.provider?.rating ?? 0))
            .adding("rating_count", .int(Int64(account.provider?.ratingCount ?? 0)))
            .adding("is_verified", .bool(account.provider?.isVerified ?? false))
    }

    static let example = PersonView.assistantExample.adding("rating", 4.5).adding("rating_count", 12)
        .adding("is_verified", true)
}

/// B17: an assistant as anybody may see him: no phone, no e-mail, and only roughly where he is (README decision 14).
enum AssistantCardView {
    static func json(_ listed: ListedProvider, _ catalog: Catalog) -> JSON {
        let provider = listed.profile
        let place = provider.location?.rounded
        return [
            "id": .int(provider.number), "name": .string(provider.name),
            "service_type": .string(catalog.assistantService(provider.capabilities)),
            "vehicle_type": JSON(provider.vehicleType),
            "is_active_assistant": .bool(provider.availability.isOnDuty), "rating": .stars(provider.rating),
            "rating_count": .int(Int64(provider.ratingCount)),
            "current_lat": place.map { .double($0.latitude) } ?? .null,
            "current_lng": place.map { .double($0.longitude) } ?? .null,
            "distance": listed.distanceKm.map(JSON.kilometres) ?? .null,
        ]
    }

    static let example: JSON = [
        "id": 2, "name": "Samir Assistant", "service_type": "towing", "vehicle_type": "flatbed",
        "is_active_assistant": true, "rating": 4.5, "rating_count": 12, "current_lat": -1.292, "current_lng": 36.822,
        "distance": 1.2,
    ]

    /// Of somebody who has not told much, seen from nowhere.
    static let farExample = example.adding("vehicle_type", nil).adding("current_lat", nil).adding("current_lng", nil)
        .adding("distance", nil)
}

extension ProviderProfile {
    /// The kind of what he comes in: as he tells it, or that of the truck he is in.
    fileprivate var vehicleType: String? {
        let own = ownVehicle?.type ?? ""
        return own.isEmpty ? work.truck?.type : own
    }
}

extension Availability {
    /// `is_active` (K16): a job in hand is duty, too.
    fileprivate var isOnDuty: Bool {
        switch self {
        case .available, .busy: true
        case .offline, .onBreak: false
        }
    }
}

extension Catalog {
    /// The word for what somebody with these capabilities does (K17): whoever tows is of the towing kind.
    fileprivate func assistantService(_ capabilities: Set<String>) -> String {
        let tows = serviceTypes().contains { $0.family == .towing && capabilities.contains($0.capability) }
        return DepanniniWords.serviceType(tows ? .towing : .repair)
    }
}
