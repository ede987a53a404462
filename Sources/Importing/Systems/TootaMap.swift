import RoadsideRules

extension SystemMap {
    /// Contracts A6, A12, A15, A18: two tables of people. What goes out is called `pickup_long`, what comes in `pickup_lon`.
    static let toota = SystemMap(
        system: .toota,
        people: [
            PeopleMap(
                table: "users", kind: .all(.customer), name: ["first_name|name", "last_name"],
                isEmailProven: "is_verified|is_email_verified"),
            PeopleMap(
                table: "drivers", kind: .all(.provider), name: ["first_name|name", "last_name"],
                work: WorkMap(
                    availability: "is_available", latitude: "latitude", longitude: "longitude|long",
                    isVerified: "is_verified|kyc_verified", licenceExpiry: "license_expiry|licence_expiry",
                    vehicleRegistration: "vehicle_registration|license_plate")),
        ],
        jobs: JobMap(
            table: "trips", customer: Link(field: "user_id|user", table: "users"),
            provider: Link(field: "driver_id|driver", table: "drivers"),
            latitude: "pickup_lat", longitude: "pickup_long|pickup_lon", address: "pickup",
            destinationLatitude: "dest_lat|destination_lat", destinationLongitude: "dest_long|dest_lon",
            destinationAddress: "destination", description: "load_description",
            price: "fare|accepted_fare|estimated_fare", stars: "rating"),
        ids: .uuid, cancelled: "cancelled")
}
