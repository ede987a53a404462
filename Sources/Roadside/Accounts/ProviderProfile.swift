public import BSON
public import Foundation
import Mongo
public import RoadsideRules

/// The working side of a provider: a document of `mechanics` under the user's `_id`, all that a search has to read.
public struct ProviderProfile: Sendable, Hashable {
    public internal(set) var id: ObjectID
    public internal(set) var number: Int64
    public var name: String
    public var phone: String
    public var email: String
    /// As the provider wrote them, for rendering.
    public var specializations: [String]
    /// Codes of the fuels he says he carries; none said stands for all of them.
    public var fuelTypes: [String]
    /// What all that amounts to (K17); matching uses these.
    public var capabilities: Set<String>
    /// The reference data that `capabilities` were derived by; 0 when unknown, so that they are derived anew.
    var capabilitiesRevision: Int64
    public var experienceYears: Int
    public var serviceRadiusKm: Double
    public var availability: Availability
    /// The last live position, or the base position until there is one (decision 23).
    public var location: GeoPoint?
    /// Time of the last live position; absent while `location` is the base.
    public var fixAt: Date?
    /// Average stars, 0 without a review.
    public var rating: Double
    public var ratingCount: Int
    /// Vetted (K41), which is not the same as a proven e-mail address.
    public var isVerified: Bool
    /// A copy of the account's switch, so that a search need not join.
    public var isActive: Bool
    /// Time that his appointments keep of him.
    public internal(set) var holds: [ProviderHold] = []
    /// Until when his approved papers are valid.
    public internal(set) var papers: [PaperKind: Date] = [:]
    /// The uploaded photo of his face.
    public internal(set) var photoID: ObjectID?
    /// When he works and with what.
    public var work = ProviderWork()
    /// What he comes in when it is no truck of a fleet, as he has told of it.
    public var ownVehicle: ProviderVehicle?

    public init(
        id: ObjectID, number: Int64, name: String, phone: String, email: String, specializations: [String],
        fuelTypes: [String] = [], reference: ReferenceData, experienceYears: Int, serviceRadiusKm: Double,
        availability: Availability = .available,
        location: GeoPoint? = nil, fixAt: Date? = nil, rating: Double = 0, ratingCount: Int = 0,
        isVerified: Bool, isActive: Bool = true
    ) {
        self.id = id
        self.number = number
        self.name = name
        self.phone = phone
        self.email = email
        self.specializations = specializations
        self.fuelTypes = fuelTypes
        let derived = DerivedCapabilities(specializations: specializations, fuelTypes: fuelTypes, by: reference)
        capabilities = derived.capabilities
        capabilitiesRevision = derived.revision
        self.experienceYears = experienceYears
        self.serviceRadiusKm = serviceRadiusKm
        self.availability = availability
        self.location = location
        self.fixAt = fixAt
        self.rating = rating
        self.ratingCount = ratingCount
        self.isVerified = isVerified
        self.isActive = isActive
    }

    /// May be offered a job, time and place aside. The stored field `dispatchable` holds exactly this.
    public var isDispatchable: Bool { availability == .available && isVerified && isActive }

    /// Kept in searches and ranked lower (U18).
    public var quiet: Bool { work.quiet }

    /// What he comes in, in his own words: his fleet's truck, or else his own vehicle; empty when he has told of neither.
    var vehicleWord: String { work.truck?.type ?? ownVehicle?.type ?? "" }

    /// What the rules ask about him.
    var facts: ProviderFacts {
        ProviderFacts(
            isVerified: isVerified, isActive: isActive, availability: availability, capabilities: capabilities,
            shifts: work.shifts, duty: work.duty, licence: work.licence, truck: work.truck?.facts,
            equipment: work.equipment.map { Set($0) }, papers: papers)
    }
}

extension ProviderProfile {
    public init(_ document: Document) throws(BSONError) {
        id = try document.require("_id")
        number = document.get("number") ?? 0
        name = document.get("name") ?? ""
        phone = document.get("phone") ?? ""
        email = document.get("email") ?? ""
        specializations = document.get("specialization_raw") ?? []
        fuelTypes = document.get("fuel_types") ?? []
        capabilitiesRevision = document.get("capabilities_revision") ?? 0
        capabilities = Set(document.get("capabilities", as: [String].self) ?? [])
        experienceYears = document.get("experience_years") ?? 0
        serviceRadiusKm = document.get("service_radius_km") ?? ProviderProfile.defaultServiceRadiusKm
        availability = document.get("availability").flatMap(Availability.init(rawValue:)) ?? .offline
        location = GeoPoint(geoJSON: document.get("location"))
        fixAt = document.get("fix_at")
        let stars = document.get("rating", as: Document.self)
        rating = stars?.get("avg") ?? 0
        ratingCount = stars?.get("count") ?? 0
        isVerified = document.get("verification", as: Document.self)?.get("state") == VettingState.verified.rawValue
        isActive = document.get("is_active") ?? true
        holds = (document.get("holds", as: [Document].self) ?? []).compactMap { ProviderHold($0) }
        papers = Self.papers(document.get("papers"))
        photoID = document.get("photo_id")
        work = ProviderWork(document)
        ownVehicle = ProviderVehicle(document.get("provider_vehicle"))
    }

    /// The whole document of a new provider, who has told nothing of his ``work`` yet but his licence.
    func document(createdAt: Date) -> Document {
        var document: Document = [
            "_id": .id(id), "number": .int64(number), "name": .string(name), "phone": .string(phone),
            "email": .string(email), "kind": "mechanic",
            "specialization_raw": .array(specializations.map(BSONValue.string)),
            "fuel_types": .array(fuelTypes.map(BSONValue.string)),
            "capabilities": .array(capabilities.sorted().map(BSONValue.string)),
            "capabilities_revision": .int64(capabilitiesRevision),
            "experience_years": .int32(Int32(clamping: experienceYears)),
            "service_radius_km": .double(serviceRadiusKm), "availability": .string(availability.rawValue),
        ]
        if let location { document.append("location", .document(location.geoJSON)) }
        document.append("fix_at", ifPresent: fixAt)
        document.append(
            contentsOf: [
                "rating": [
                    "sum": .int64(Int64((rating * Double(ratingCount)).rounded())),
                    "count": .int64(Int64(ratingCount)), "avg": .double(rating),
                ],
                "verification": [
                    "state": .string((isVerified ? VettingState.verified : .pending).rawValue), "reasons": [],
                ],
                "is_active": .bool(isActive), "dispatchable": .bool(isDispatchable),
                "created_at": .date(createdAt), "updated_at": .date(createdAt), "version": .int64(1),
            ])
        if let ownVehicle { document.append("provider_vehicle", .document(ownVehicle.document)) }
        if let licence = work.licence { document.append("licence", .document(licence.document)) }
        return document
    }

    /// 20 km, the radius of the source document's own sample (K21).
    public static let defaultServiceRadiusKm = 20.0
}

/// Where the vetting of a provider stands.
public enum VettingState: String, Sendable, CaseIterable {
    case pending, verified, rejected
}

extension GeoPoint {
    /// Reads a GeoJSON `Point`, which is longitude first.
    init?(geoJSON: Document?) {
        guard let coordinates = geoJSON?.get("coordinates", as: [Double].self), coordinates.count == 2 else {
            return nil
        }
        self.init(latitude: coordinates[1], longitude: coordinates[0])
    }

    /// Writes a GeoJSON `Point`, which is longitude first.
    var geoJSON: Document { ["type": "Point", "coordinates": [.double(longitude), .double(latitude)]] }

    /// The condition that a place is no farther away, in no order.
    func circle(metres: Double) -> BSONValue {
        let center: BSONValue = [.double(longitude), .double(latitude)]
        return ["$geoWithin": ["$centerSphere": [center, .double(metres / GeoPoint.earthRadiusMetres)]]]
    }
}
