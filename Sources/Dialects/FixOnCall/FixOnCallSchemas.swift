import BSON
public import Blueprint
import RoadsideRules

/// What the documents call by name.
extension FixOnCall {
    /// What the operations refer to; the OpenAPI document needs them among its components.
    public static var schemas: [(name: String, schema: Schema)] { views.schemas }

    /// The groups of operations, in the order in which documents show them.
    public static let tags: [(name: String, description: String)] = [
        ("Authentication", "Who one is: registration, sessions, one's own profile, proof of addresses."),
        ("Services", "A call for help from the request to its end."),
        ("Bookings", "Appointments, each with its service."),
        ("Fuel", "Fuel brought to the car."),
        ("Towing", "The way to a garage."),
        ("Mechanics", "Who is around, and what a mechanic says of himself."),
        ("Notifications", "What has happened, as a list."),
        ("Admin", "Figures, people and services, for staff."),
        ("Health", "Whether the server can do its work."),
    ]

    /// One line for each view: its name, and examples that together show what it may look like. Whatever an operation
    /// answers that equals one of them is documented by its name.
    static let views = SchemaCatalog(
        [
            .init("User", UserView.example, UserView.mechanicExample, members: user),
            .init("SignIn", SignInView.example, members: ["notices": .array(of: .string)]),
            .init(
                "Service", ServiceView.example, ServiceView.acceptedExample, ServiceView.fuelExample,
                ServiceView.towingExample,
                members: [
                    "status": .string(oneOf: FixOnCallWords.statuses),
                    "tracking_state": .string(oneOf: TrackingState.allCases.map(\.rawValue)),
                ]),
            .init(
                "ExpectedArrival", ArrivalView.example,
                members: ["source": .string(oneOf: TravelTime.Source.allCases.map(\.rawValue))]),
            .init("Quote", QuoteView.fuelExample, QuoteView.towingExample),
            .init(
                "Requirements", QuoteView.fuelExample["requirements"] ?? [:],
                QuoteView.towingExample["requirements"] ?? [:]),
            .init("PriceItem", PriceView.example),
            .init("FuelPrice", FuelPricesView.priceExample),
            .init("Customer", PartyView.customerExample),
            .init("AssignedMechanic", PartyView.mechanicExample, members: ["location": position.nullable]),
            .init("ServiceType", ServiceTypeView.example),
            .init("NearbyMechanic", NearbyMechanicView.example),
            .init("Mechanic", MechanicView.example, members: ["location": position.nullable]),
            .init(
                "Notification", NotificationView.example, NotificationView.offerExample, NotificationView.plainExample,
                NotificationView.messageExample),
            .init(
                "Booking", BookingView.example,
                BookingView.example.adding("mechanic", PartyView.mechanicExample).adding("start_otp", "123456"),
                members: ["status": .string(oneOf: FixOnCallWords.statuses)]),
            .init("ManagedUser", ManagedUserView.example, UserView.example, members: user),
            .init("Dashboard", DashboardView.example),
            .init("Health", HealthView.example),
            .init("Vehicle", JSON.vehicleExample),
            .init("Place", JSON.placeExample, JSON.garageExample),
            .init("Position", JSON.pointExample, JSON.roundedPointExample),
            .init("Pagination", ServiceRoutes.pagination),
            .init(problemSchema, Problem.example),
        ], members: members)

    /// What a member of that name is in every view: amounts and distances, which examples show whole, and what is null
    /// until there is one.
    private static let members: [String: Schema] = [
        "amount": .number, "total": .number, "price_per_litre": .number, "litres": .number,
        "requirements": .reference("Requirements").nullable, "price_estimate": .number, "price_from": .number,
        "revenue": .number, "revenue_today": .number,
        "service_radius_km": .number, "rating": .number, "distance_km": .number,
        "assigned_to": .string.nullable, "mechanic_id": .string.nullable, "booking_id": .string.nullable,
        "estimated_time": .dateTime.nullable, "promise_at": .dateTime.nullable,
        "arrival_proposed_at": .dateTime.nullable, "eta": .reference("ExpectedArrival").nullable,
        "outcome": .string.nullable, "scheduled_time": .dateTime.nullable,
        "cancelled_at": .dateTime.nullable, "location_updated_at": .dateTime.nullable,
        "reason": .string.nullable, "cancellation_reason": .string.nullable, "notes": .string.nullable,
        "next_cursor": .string.nullable, "destination": .reference("Place").nullable,
        "year": .integer.nullable, "mass_kg": .integer.nullable, "retry_after": .integer.nullable,
        "estimated_duration": .integer.nullable,
    ]

    private static let user: [String: Schema] = [
        "user_type": .string(oneOf: FixOnCallWords.userTypes), "location": position.nullable,
        "vehicle_info": .reference("Vehicle").nullable,
    ]

    private static let position = Schema.reference("Position")

    static let problemSchema = "Problem"
}
