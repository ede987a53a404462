public import BSON
public import RoadsideRules

/// A provider as a customer sees him before acceptance (decision 14): no phone, no e-mail, and only roughly where.
public struct NearbyProvider: Sendable, Hashable {
    public let id: ObjectID
    public private(set) var number: Int64 = 0
    public private(set) var name = ""
    /// As the provider wrote them.
    public private(set) var specializations: [String] = []
    /// What he comes in, in his own words; empty when he has told nothing.
    public var vehicle: String { truckType ?? ownVehicleType ?? "" }
    private var truckType: String?
    private var ownVehicleType: String?
    public private(set) var experienceYears = 0
    public private(set) var serviceRadiusKm = ProviderProfile.defaultServiceRadiusKm
    public private(set) var rating = 0.0
    public private(set) var ratingCount = 0
    public private(set) var availability = Availability.offline
    /// Rounded to three decimals.
    public let location: GeoPoint
    /// In a straight line, one decimal.
    public let distanceKm: Double
    private var contact = Contact()

    /// Masked (`+2547•••678`); in full only where the setting `contactBeforeAccept` says so (K37).
    public var phone: String { contact.isShown ? contact.phone : ContactRules.masked(phone: contact.phone) }
    public var email: String { contact.isShown ? contact.email : ContactRules.masked(email: contact.email) }

    private struct Contact: Sendable, Hashable {
        var phone = ""
        var email = ""
        var isShown = false
    }
}

extension NearbyProvider {
    /// All that is read of a profile for this.
    static let projection: Document = [
        "number": 1, "name": 1, "phone": 1, "email": 1, "specialization_raw": 1, "experience_years": 1,
        "service_radius_km": 1, "availability": 1, "location": 1, "rating": 1,
        "current_vehicle.type": 1, "provider_vehicle.type": 1,
    ]

    /// Reads a profile in one walk over its bytes: a search hands out many of these, so each field is met once and no
    /// model stands in between.
    ///
    /// - Returns: nil for one who is too far away, by `metres` or for his own liking.
    init?(_ document: Document, around center: GeoPoint, within metres: Double, showingContact: Bool) {
        var (id, point): (ObjectID?, GeoPoint?) = (nil, nil)
        contact.isShown = showingContact
        var reader = BSONReader(document)
        while let field = try? reader.next() {
            if reader.isKey(field, "_id") {
                id = reader.id(field)
            } else if reader.isKey(field, "number") {
                number = reader.int64(field) ?? number
            } else if reader.isKey(field, "name") {
                name = reader.string(field) ?? name
            } else if reader.isKey(field, "phone") {
                contact.phone = reader.string(field) ?? ""
            } else if reader.isKey(field, "email") {
                contact.email = reader.string(field) ?? ""
            } else if reader.isKey(field, "specialization_raw") {
                specializations = reader.nested(field).strings
            } else if reader.isKey(field, "experience_years") {
                experienceYears = reader.int64(field).flatMap { Int(exactly: $0) } ?? experienceYears
            } else if reader.isKey(field, "service_radius_km") {
                serviceRadiusKm = reader.double(field) ?? serviceRadiusKm
            } else if reader.isKey(field, "availability") {
                availability = reader.string(field).flatMap(Availability.init(rawValue:)) ?? availability
            } else if reader.isKey(field, "location") {
                point = reader.nested(field).geoJSON
            } else if reader.isKey(field, "rating") {
                (rating, ratingCount) = reader.nested(field).stars
            } else if reader.isKey(field, "current_vehicle") {
                truckType = reader.nested(field).type
            } else if reader.isKey(field, "provider_vehicle") {
                ownVehicleType = reader.nested(field).type
            }
        }
        guard let id, let point else { return nil }
        let distance = point.distance(to: center)
        guard distance <= min(metres, serviceRadiusKm * 1000) else { return nil }
        self.id = id
        location = point.rounded
        distanceKm = Kilometres.shown(metres: distance)
    }
}

extension NearbyProvider {
    /// Somebody whom a search for candidates has found.
    init(_ found: ProviderSearch.Found, showingContact: Bool) {
        let profile = found.profile
        id = profile.id
        location = found.point.rounded
        distanceKm = Kilometres.shown(metres: found.metres)
        number = profile.number
        name = profile.name
        specializations = profile.specializations
        experienceYears = profile.experienceYears
        serviceRadiusKm = profile.serviceRadiusKm
        (rating, ratingCount) = (profile.rating, profile.ratingCount)
        availability = profile.availability
        (truckType, ownVehicleType) = (profile.work.truck?.type, profile.ownVehicle?.type)
        contact = Contact(phone: profile.phone, email: profile.email, isShown: showingContact)
    }
}

extension BSONReader {
    /// The texts of an array.
    fileprivate var strings: [String] {
        var (reader, strings) = (self, [String]())
        while let field = try? reader.next() {
            if let string = reader.string(field) { strings.append(string) }
        }
        return strings
    }

    /// The point of a GeoJSON `Point`, which is longitude first.
    fileprivate var geoJSON: GeoPoint? {
        var reader = self
        guard let field = reader.find("coordinates") else { return nil }
        var pair = reader.nested(field)
        guard let first = try? pair.next(), let longitude = pair.double(first), let second = try? pair.next(),
            let latitude = pair.double(second)
        else { return nil }
        return GeoPoint(latitude: latitude, longitude: longitude)
    }

    /// The word for what kind of vehicle it is.
    fileprivate var type: String? {
        var reader = self
        return reader.find("type").flatMap { reader.string($0) }
    }

    /// Average and number of a provider's reviews.
    fileprivate var stars: (Double, Int) {
        var reader = self
        var stars = (0.0, 0)
        while let field = try? reader.next() {
            if reader.isKey(field, "avg") {
                stars.0 = reader.double(field) ?? 0
            } else if reader.isKey(field, "count") {
                stars.1 = reader.int64(field).flatMap { Int(exactly: $0) } ?? 0
            }
        }
        return stars
    }
}
