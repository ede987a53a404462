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
        ("Reviews", "What the sides of a service say of each other."),
        ("Vehicles", "What a driver drives, to be named when he asks for help."),
        (PaymentRoutes.tag, "What is paid for services, by card or in cash."),
        ("Chat", "What the sides of a service write to each other."),
        ("Emergencies", "Calls for help in danger, and whom one trusts."),
        (ShareRoutes.tag, "Links by which others follow a service without an account."),
        ("Companies", "Fleets: several trucks, and the mechanics who take turns in them."),
        PaperRoutes.tags,
        (UploadRoutes.tag, "Photos and papers."),
        ("Notifications", "What has happened, as a list."),
        ("Events", "What happens, as it happens, for clients without a socket."),
        (SocketRoutes.tag, "What has happened, as it happens."),
        ("Admin", "Figures, people and services, for staff."),
        ("Dispatch", "How services find their mechanics, for staff."),
        ("Health", "Whether the server can do its work."),
    ]

    /// One line for each view: its name, and examples that together show what it may look like. Whatever an operation
    /// answers that equals one of them is documented by its name.
    static let views = SchemaCatalog(
        [
            .init(
                "User", UserView.example, UserView.mechanicExample, StaffInvitationView.userExample, members: user),
            .init(
                "SignIn", SignInView.example, StaffInvitationView.signInExample,
                members: ["notices": .array(of: .string)]),
            .init("Session", SessionView.example),
            .init(
                "Service", ServiceView.example, ServiceView.acceptedExample, ServiceView.finishedExample,
                ServiceView.fuelExample,
                ServiceView.towingExample,
                members: [
                    "status": .string(oneOf: FixOnCallWords.statuses),
                    "tracking_state": .string(oneOf: TrackingState.allCases.map(\.rawValue)),
                ]),
            .init(
                "ExpectedArrival", ArrivalView.example,
                members: ["source": .string(oneOf: TravelTime.Source.allCases.map(\.rawValue))]),
            .init(
                "Quote", QuoteView.example, QuoteView.fuelExample, QuoteView.towingExample,
                members: ["id": .string.nullable, "expires_at": .dateTime.nullable]),
            .init(
                "ExtraCharge", ExtraChargeView.example, ExtraChargeView.approvedExample,
                members: ["state": .string(oneOf: ExtraCharge.State.allCases.map(\.rawValue))]),
            .init(
                "CancellationFee", CancellationFeeView.example, CancellationFeeView.graceExample,
                members: ["reason": .string(oneOf: CancellationFee.Reason.allCases.map(\.rawValue))]),
            .init(
                "Requirements", QuoteView.fuelExample["requirements"] ?? [:],
                QuoteView.towingExample["requirements"] ?? [:]),
            .init("PriceItem", PriceView.example, PriceView.waitingExample, ExtraChargeView.itemExample),
            .init("FuelPrice", FuelPricesView.priceExample),
            .init("Customer", PartyView.customerExample),
            .init("AssignedMechanic", PartyView.mechanicExample, members: ["location": position.nullable]),
            .init(
                "TimelineEntry", TimelineEntryView.example, TimelineEntryView.staffExample,
                members: ["status": .string(oneOf: FixOnCallWords.statuses), "actor_id": .string.nullable]),
            .init("TimelineOffer", TimelineOfferView.example, members: ["settled_at": .dateTime.nullable]),
            .init("ServiceType", ServiceTypeView.example),
            .init("NearbyMechanic", NearbyMechanicView.example),
            .init(
                "Mechanic", MechanicView.example, MechanicView.ownExample,
                members: ["location": position.nullable, "licence": .reference("Licence").nullable]),
            .init("Licence", LicenceView.example, MechanicView.example["licence"] ?? [:]),
            .init(
                "Work", WorkdayView.example,
                members: [
                    "vehicle": .reference("FleetVehicle").nullable,
                    "position_state": .string(oneOf: FixOnCallWords.positions),
                ]),
            .init("Shift", ShiftView.example),
            .init("Company", CompanyView.example, members: ["role": .string(oneOf: FixOnCallWords.companyRoles)]),
            .init(
                "CompanyMember", CompanyView.memberExample,
                members: [
                    "role": .string(oneOf: FixOnCallWords.companyRoles), "availability": .string.nullable,
                    "position_state": .string(oneOf: FixOnCallWords.positions).nullable,
                ]),
            .init("FleetVehicle", FleetVehicleView.example),
            .init(
                "Invitation", InvitationView.example, members: ["role": .string(oneOf: FixOnCallWords.companyRoles)]),
            .init(
                "Notification", NotificationView.example, NotificationView.offerExample, NotificationView.plainExample,
                NotificationView.messageExample, NotificationView.codeExample, NotificationView.reviewExample,
                NotificationView.chatExample, NotificationView.emergencyExample, NotificationView.contactExample,
                members: ["start_otp": .string.described("In events only, until it has been received.")]),
            .init(
                "Event", EventView.example, EventView.codeExample,
                members: ["k": .string(oneOf: EventView.kinds)]),
            .init(
                "Upload", UploadView.example, UploadView.documentExample,
                members: ["purpose": .string(oneOf: FixOnCallWords.purposes)]),
            .init("ServicePhoto", ServicePhotoView.example),
            .init("MechanicDocument", PaperView.example, members: paper),
            .init(
                "SubmittedDocument", PaperView.waitingExample, PaperView.approvedExample, PaperView.rejectedExample,
                members: paper),
            .init("MechanicName", PaperView.mechanicExample),
            .init("SocketTicket", TicketView.example),
            .init(
                "Booking", BookingView.example,
                BookingView.acceptedExample, BookingView.finishedExample,
                members: ["status": .string(oneOf: FixOnCallWords.statuses)]),
            .init("ManagedUser", ManagedUserView.example, ManagedUserView.customerExample, members: user),
            .init("Dashboard", DashboardView.example),
            .init("DispatchTrace", DispatchTraceView.example, members: dispatch),
            .init("DispatchCandidate", DispatchTraceView.candidateExample),
            .init("DispatchExclusion", DispatchTraceView.excludedExample, members: dispatch),
            .init("WaitingService", WaitingView.example, members: dispatch),
            .init("DispatchSuggestion", WaitingView.suggestionExample),
            .init("DispatchCost", DispatchTraceView.termsExample, members: ["quiet": .number]),
            .init("DispatchWeights", DispatchTraceView.example["weights"] ?? [:], members: ["quiet": .number]),
            .init("TravelTime", DispatchTraceView.candidateExample["eta"] ?? [:]),
            .init(
                "Committed", CommittedView.example,
                members: ["service": .reference("Service").nullable, "code": .string.nullable]),
            .init("Health", HealthView.example),
            .init("Vehicle", JSON.vehicleExample),
            .init("Place", JSON.placeExample, JSON.garageExample),
            .init("Position", JSON.pointExample, JSON.roundedPointExample),
            .init("Pagination", ServiceRoutes.pagination),
            .init(problemSchema, Problem.example),
        ], partyViews + staffViews, members: members)

    /// What a member of that name is in every view: amounts and distances, which examples show whole, and what is null
    /// until there is one.
    private static let members: [String: Schema] = [
        "amount": .number, "total": .number, "price_per_litre": .number, "litres": .number,
        "requirements": .reference("Requirements").nullable, "price_estimate": .number, "price_from": .number,
        "price_final": .number.nullable, "decided_at": .dateTime.nullable, "free_until": .dateTime.nullable,
        "revenue": .number, "revenue_today": .number,
        "service_radius_km": .number, "rating": .number, "distance_km": .number,
        "assigned_to": .string.nullable, "mechanic_id": .string.nullable, "booking_id": .string.nullable,
        "estimated_time": .dateTime.nullable, "promise_at": .dateTime.nullable,
        "arrival_proposed_at": .dateTime.nullable, "eta": .reference("ExpectedArrival").nullable,
        "outcome": .string.nullable, "scheduled_time": .dateTime.nullable,
        "cancelled_at": .dateTime.nullable, "location_updated_at": .dateTime.nullable,
        "reason": .string.nullable, "cancellation_reason": .string.nullable, "notes": .string.nullable,
        "next_cursor": .string.nullable, "destination": .reference("Place").nullable,
        "ring_km": .number, "cost": .number, "p50": .number, "p90": .number, "travel": .number, "uncertainty": .number,
        "cancels": .number, "idle": .number,
        "year": .integer.nullable, "mass_kg": .integer.nullable, "retry_after": .integer.nullable,
        "estimated_duration": .integer.nullable, "on_duty_since": .dateTime.nullable,
        "duty_minutes_left": .integer.nullable, "company_id": .string.nullable, "tow_class": .string.nullable,
        "capacity_kg": .integer.nullable, "crew_id": .string.nullable, "vehicle_id": .string.nullable,
        "quiet": .boolean, "last_position": position,
    ]

    private static let paper: [String: Schema] = [
        "kind": .string(oneOf: FixOnCallWords.documents), "status": .string(oneOf: FixOnCallWords.documentStates),
        "expires_on": .string(format: "date").nullable, "reason": .string.nullable, "decided_at": .dateTime.nullable,
        "reviewer_id": .string.nullable,
    ]

    private static let user: [String: Schema] = [
        "user_type": .string(oneOf: FixOnCallWords.userTypes), "location": position.nullable,
        "vehicle_info": .reference("Vehicle").nullable,
    ]

    private static let dispatch: [String: Schema] = [
        "mode": .string(oneOf: DispatchMode.allCases.map(\.rawValue)),
        "matching": .string(oneOf: Matching.allCases.map(\.rawValue)), "round_id": .string.nullable,
        "candidates": .array(of: .reference("DispatchCandidate")),
        "excluded": .array(of: .reference("DispatchExclusion")), "chosen": .array(of: .string),
        "reasons": .array(of: .string(oneOf: Exclusion.allCases.map(\.rawValue))),
        "suggestions": .array(of: .reference("DispatchSuggestion")), "service": .reference("Service"),
    ]

    static let position = Schema.reference("Position")

    static let problemSchema = "Problem"
}
