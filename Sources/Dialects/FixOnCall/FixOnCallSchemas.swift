import BSON
public import Blueprint

/// What the documents call by name.
extension FixOnCall {
    /// What the operations refer to; the OpenAPI document needs them among its components.
    public static var schemas: [(name: String, schema: Schema)] { views.schemas }

    /// The groups of operations, in the order in which documents show them.
    public static let tags: [(name: String, description: String)] = [
        ("Authentication", "Who one is: registration, sessions, one's own profile, proof of addresses."),
        ("Services", "A call for help from the request to its end."),
        ("Bookings", "Appointments: help for later, moved, kept or cancelled."),
        ("Mechanics", "Who is around, and what a mechanic says of himself."),
        ("Notifications", "What has happened, as a list."),
        ("Admin", "Figures, people and services, for those who run the platform."),
        ("Health", "Whether the server can do its work."),
    ]

    /// One line for each view: its name, and examples that together show each member both with a value and, where it may
    /// be, without. Whatever an operation answers that equals one of them is documented by its name.
    static let views = SchemaCatalog([
        .init(
            "User", UserView.example, UserView.mechanicExample,
            members: [
                "user_type": .string(oneOf: FixOnCallWords.userTypes), "service_radius_km": .number,
                "vehicle_info": Schema.reference("Vehicle").nullable, "location": Schema.reference("Position").nullable,
            ]),
        .init("SignIn", SignInView.example, members: ["notices": .array(of: .string)]),
        .init(
            "Service", ServiceView.example, ServiceView.acceptedExample,
            members: ["status": .string(oneOf: FixOnCallWords.statuses)]),
        .init("Customer", PartyView.customerExample),
        .init("AssignedMechanic", PartyView.mechanicExample, PartyView.unlocatedExample),
        .init("ServiceType", ServiceTypeView.example, members: ["price_from": .number]),
        .init("NearbyMechanic", NearbyMechanicView.example, members: ["service_radius_km": .number]),
        .init(
            "Mechanic", MechanicView.example,
            members: ["service_radius_km": .number, "location": Schema.reference("Position").nullable]),
        .init(
            "Notification", NotificationView.example, NotificationView.offerExample, NotificationView.plainExample,
            NotificationView.messageExample),
        .init("Health", HealthView.example),
        .init("Vehicle", JSON.vehicleExample, members: ["year": Schema.integer.nullable]),
        .init("Place", JSON.placeExample),
        .init("Position", JSON.pointExample, JSON.roundedPointExample),
        .init("Pagination", ServiceRoutes.pagination, members: ["next_cursor": Schema.string.nullable]),
        .init(problemSchema, Problem.example, members: ["retry_after": Schema.integer.nullable]),
    ])

    static let problemSchema = "Problem"
}
