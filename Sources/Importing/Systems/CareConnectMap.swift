import RoadsideRules

extension SystemMap {
    /// Contracts C11–C13: everybody is in `users`; a row of `drivers` makes somebody a provider, and where he is stands in
    /// `driver_locations`. A booking names the row of `drivers`, not the person.
    static let careConnect = SystemMap(
        system: .careConnect,
        people: [
            PeopleMap(
                table: "users", kind: .completed(by: "drivers"), name: ["first_name|name|username", "last_name"],
                phone: "phone_number|phone|drivers:phone_number", createdAt: "date_joined|created_at",
                work: WorkMap(
                    availability: "drivers:status", latitude: "driver_locations:latitude",
                    longitude: "driver_locations:longitude", isVerified: "drivers:is_verified",
                    rating: "drivers:rating", licenceNumber: "drivers:license_number",
                    vehicleType: "drivers:vehicle_type", vehicleRegistration: "drivers:vehicle_registration"),
                details: [
                    Detail(table: "drivers", key: "user|user_id", of: "id|_id|pk"),
                    Detail(table: "driver_locations", key: "driver|driver_id", of: "drivers:id|drivers:pk"),
                ])
        ],
        jobs: JobMap(
            table: "bookings", customer: Link(field: "passenger|passenger_id", table: "users"),
            provider: Link(
                field: "driver|driver_id", table: "users",
                via: Link.Via(table: "drivers", id: "id|_id|pk", person: "user|user_id", isOnly: true)),
            latitude: "pickup_latitude", longitude: "pickup_longitude", address: "pickup_address",
            destinationLatitude: "dropoff_latitude", destinationLongitude: "dropoff_longitude",
            destinationAddress: "dropoff_address", price: "fare_amount"),
        ids: .number, cancelled: "cancelled")
}
