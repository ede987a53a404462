import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// A fleet, as one of its members sees it.
enum CompanyView {
    static func json(_ fleet: Fleet, presence: (ProviderProfile) -> Presence) -> JSON {
        var json = JSON.object(PublicID(fleet.company.id).members)
        json.add("name", .string(fleet.company.name))
        json.add("role", .string(FixOnCallWords.role(fleet.role)))
        json.add(
            "members",
            .array(
                fleet.company.members.map { member in
                    let profile = fleet.profiles[member.providerID]
                    return [
                        "mechanic_id": .string(member.providerID.hex), "number": .int(member.number),
                        "name": .string(member.name), "role": .string(FixOnCallWords.role(member.role)),
                        "has_joined": .bool(member.hasJoined),
                        "availability": profile.map { .string(FixOnCallWords.availability($0.availability)) } ?? .null,
                        "position_state": profile.map { .string(FixOnCallWords.position(presence($0))) } ?? .null,
                    ]
                }))
        json.add("vehicles", .array(fleet.trucks.map { FleetVehicleView.json($0, crew: fleet.crews[$0.id]) }))
        return json
    }

    static let memberExample: JSON = [
        "mechanic_id": "65a50b2c9f1d4e0012345679", "number": 2, "name": "James Mechanic", "role": "owner",
        "has_joined": true, "availability": "available", "position_state": "live",
    ]

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345695", "id": "65a50b2c9f1d4e0012345695", "name": "Karibu Towing", "role": "owner",
        "members": [memberExample], "vehicles": [FleetVehicleView.example],
    ]
}

/// A truck, and who is in it.
enum FleetVehicleView {
    static func json(_ truck: Truck, crew: ObjectID?) -> JSON {
        var json = JSON.object(PublicID(truck.id).members)
        json.add("license_plate", .string(truck.licensePlate))
        json.add("type", .string(truck.type))
        json.add("tow_class", JSON(truck.towClass))
        json.add("capacity_kg", truck.capacityKg.map(JSON.int) ?? .null)
        json.add("equipment", JSON(truck.equipment))
        json.add("crew_id", crew.map { .string($0.hex) } ?? .null)
        return json
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345696", "id": "65a50b2c9f1d4e0012345696", "license_plate": "KCA123B",
        "type": "flatbed", "tow_class": "heavy", "capacity_kg": 8000, "equipment": ["winch"],
        "crew_id": "65a50b2c9f1d4e0012345679",
    ]
}

/// A company that waits for an answer.
enum InvitationView {
    static func json(_ company: Company) -> JSON {
        var json = JSON.object(PublicID(company.id).members)
        json.add("name", .string(company.name))
        json.add("role", .string(FixOnCallWords.role(company.members.first?.role ?? .crew)))
        return json
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345695", "id": "65a50b2c9f1d4e0012345695", "name": "Karibu Towing", "role": "crew",
    ]
}
