import RoadsideRules

extension SystemMap {
    /// Contracts D26–D30. A mechanic's working side stands in `users` or, for some, in `mechanics`.
    static let fixOnCall = SystemMap(
        system: .fixOnCall,
        people: [
            PeopleMap(
                table: "users",
                kind: .word(
                    "user_type|role",
                    [
                        "driver": .customer, "mechanic": .provider, "admin": .admin, "partner": .partner,
                        "dispatcher": .dispatcher,
                    ]),
                id: "_id|id", name: ["name"], phone: "phone|phone_number",
                passwordHash: "password_hash|password", isEmailProven: "is_verified",
                vehicle: VehicleMap(),
                work: WorkMap(
                    specializations: "specialization|mechanics:specialization",
                    experienceYears: "experience_years|mechanics:experience_years",
                    serviceRadiusKm: "service_radius_km|mechanics:service_radius_km",
                    availability: "is_available|mechanics:is_available|mechanics:availability",
                    latitude: "location.latitude|mechanics:location.latitude|mechanics:latitude",
                    longitude: "location.longitude|mechanics:location.longitude|mechanics:longitude",
                    isVerified: "is_verified|mechanics:is_verified", rating: "rating|mechanics:rating"),
                details: [Detail(table: "mechanics", key: "user_id", of: "_id|id")])
        ],
        jobs: JobMap(
            table: "services", id: "_id|id", customer: Link(field: "user_id", table: "users"),
            provider: Link(
                field: "assigned_to|mechanic_id", table: "users",
                via: Link.Via(table: "mechanics", id: "_id|id", person: "user_id", isOnly: false)),
            latitude: "location.latitude", longitude: "location.longitude", address: "location.address",
            destinationLatitude: "destination.latitude", destinationLongitude: "destination.longitude",
            destinationAddress: "destination.address", vehicle: VehicleMap(), price: "price_estimate"),
        reviews: ReviewMap(
            table: "reviews", id: "_id|id", job: "service_id|booking_id", stars: "rating|stars",
            comment: "comment|text"),
        ids: .object, cancelled: "cancelled")
}
