import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// A mechanic in a search: enough to choose, nothing to call or follow (decision 14).
enum NearbyMechanicView {
    /// Written as it goes: this list is what people wait for.
    static func list(_ mechanics: [NearbyProvider]) -> JSON {
        var writer = JSONWriter(capacity: 2 + mechanics.count * 400)
        writer.array(of: mechanics) { writer, mechanic in
            writer.object { writer in write(mechanic, to: &writer) }
        }
        return writer.json
    }

    private static func write(_ mechanic: NearbyProvider, to writer: inout JSONWriter) {
        writer.member("_id", mechanic.id)
        writer.member("id", mechanic.id)
        writer.member("number", .int(mechanic.number))
        writer.member("name", mechanic.name)
        writer.member("specialization", mechanic.specializations)
        writer.member("experience_years", .int(Int64(mechanic.experienceYears)))
        writer.member("service_radius_km", .plain(mechanic.serviceRadiusKm))
        writer.member("rating", .stars(mechanic.rating))
        writer.member("rating_count", .int(Int64(mechanic.ratingCount)))
        writer.member("is_available", .bool(mechanic.availability == .available))
        writer.member("location") { writer in
            writer.member("latitude", .double(mechanic.location.latitude))
            writer.member("longitude", .double(mechanic.location.longitude))
        }
        writer.member("distance_km", .kilometres(mechanic.distanceKm))
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345679", "id": "65a50b2c9f1d4e0012345679", "number": 2, "name": "James Mechanic",
        "specialization": ["engine", "electrical"], "experience_years": 5, "service_radius_km": 20, "rating": 4.5,
        "rating_count": 12, "is_available": true, "location": ["latitude": -1.292, "longitude": 36.822],
        "distance_km": 1.2,
    ]
}

/// F2: one mechanic.
enum MechanicView {
    static func json(_ card: ProviderCard) -> JSON {
        var json = JSON.object(card.id.members)
        json.add("name", .string(card.name))
        json.add("phone", .string(card.phone))
        json.add("email", .string(card.email))
        json.add("specialization", JSON(card.specializations))
        json.add("fuel_types", JSON(card.fuelTypes))
        json.add("experience_years", .int(Int64(card.experienceYears)))
        json.add("service_radius_km", .plain(card.serviceRadiusKm))
        json.add("rating", .stars(card.rating))
        json.add("rating_count", .int(Int64(card.ratingCount)))
        json.add("is_available", .bool(card.availability == .available))
        json.add("availability", .string(FixOnCallWords.availability(card.availability)))
        json.add("is_verified", .bool(card.isVerified))
        json.add("location", card.location.map(JSON.point) ?? .null)
        json.add("photo_url", UploadView.link(card.photoID))
        json.add("licence", card.licence.map(LicenceView.json) ?? .null)
        json.add("equipment", JSON(card.equipment))
        json.add("work", card.work.map { WorkdayView.json($0.plan, $0.load, of: card.id.id) } ?? .null)
        return json
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345679", "id": "65a50b2c9f1d4e0012345679", "number": 2, "name": "James Mechanic",
        "phone": "+2547•••679", "email": "m•••@e•••", "specialization": ["engine", "electrical"], "fuel_types": [],
        "experience_years": 5, "service_radius_km": 20, "rating": 4.5, "rating_count": 12, "is_available": true,
        "availability": "available", "is_verified": true, "location": ["latitude": -1.292, "longitude": 36.822],
        "photo_url": nil, "licence": LicenceView.example.adding("number", "•••678"), "equipment": ["dolly"],
        "work": nil,
    ]

    /// As he sees himself.
    static let ownExample = example.adding("phone", "+254712345679").adding("email", "mechanic@example.com")
        .adding("location", .pointExample).adding("photo_url", UploadView.example["url"] ?? .null)
        .adding("licence", LicenceView.example).adding("work", WorkdayView.example)
}
