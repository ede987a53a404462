import RoadsideRules

extension SystemMap {
    /// Contracts E4, E5, E7: two tables of people, and bookings whose places are texts with coordinates beside them.
    static let liveBookings = SystemMap(
        system: .liveBookings,
        people: [
            PeopleMap(table: "users", kind: .all(.customer), name: ["name|first_name", "last_name"]),
            PeopleMap(
                table: "drivers", kind: .all(.provider), name: ["name|first_name", "last_name"],
                work: WorkMap(
                    availability: "is_available|status", latitude: "latitude|current_latitude",
                    longitude: "longitude|current_longitude", vehicleRegistration: "vehicle_number|vehicle_registration"
                )),
        ],
        jobs: JobMap(
            table: "bookings", customer: Link(field: "user|user_id", table: "users"),
            provider: Link(field: "driver|driver_id", table: "drivers"),
            latitude: "pickup_latitude", longitude: "pickup_longitude", address: "pickup_location",
            destinationLatitude: "dropoff_latitude", destinationLongitude: "dropoff_longitude",
            destinationAddress: "dropoff_location", price: "estimated_cost"),
        ids: .number, cancelled: "cancelled")
}
