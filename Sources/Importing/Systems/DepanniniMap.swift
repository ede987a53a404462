import RoadsideRules

extension SystemMap {
    /// Contracts B30 and B31: one table of people, and their stars on the assistance itself.
    static let depannini = SystemMap(
        system: .depannini,
        people: [
            PeopleMap(
                table: "users",
                kind: .word(
                    "user_type", ["client": .customer, "assistant": .provider, "admin": .admin, "staff": .admin]),
                name: ["name"],
                work: WorkMap(
                    specializations: "service_type", skills: ["towing": "towing", "repair": "repair"],
                    availability: "is_active_assistant", latitude: "current_lat", longitude: "current_lng",
                    licenceClasses: "driving_license_cat", licenceNumber: "driving_license_num",
                    licenceExpiry: "driving_license_expiry", vehicleRegistration: "vehicle_registration_num"))
        ],
        jobs: JobMap(
            table: "assistances", customer: Link(field: "client|client_id", table: "users"),
            provider: Link(field: "assistant|assistant_id", table: "users"),
            serviceType: "kind", latitude: "pickup_lat", longitude: "pickup_lng", address: "pickup_address",
            destinationLatitude: "dropoff_lat", destinationLongitude: "dropoff_lng",
            destinationAddress: "dropoff_address", price: "total_price", stars: "rating"),
        ids: .number, cancelled: "canceled")
}
