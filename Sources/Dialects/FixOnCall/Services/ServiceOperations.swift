import BSON
import Blueprint
import Roadside
import RoadsideRules
import RoadsideWeb

/// What the documents say of the routes under `/api/services`, and who may call them.
extension ServiceRoutes {
    private static let tag = "Services"
    private static let one: JSON = ["service": ServiceView.example]
    private static let parties = Access.only([.customer, .provider, .dispatcher, .admin])

    /// The parameters of every list (domain §4.8).
    static func paging(perPage: Int = PageRequest.defaultSize) -> [Operation.Parameter] {
        [
            .query("page", .integer(in: 1...10_000), "from 1"),
            .query("per_page", .integer(in: 1...100), "\(perPage) by default"),
        ] + scrolling
    }

    /// Those of a list that is only read on from a place.
    static let scrolling: [Operation.Parameter] = [
        .query("cursor", .queryText(), "`next_cursor` of the slice before"),
        .query("limit", .integer(in: 1...100), "\(PageRequest.defaultSize) by default, for slices by cursor"),
    ]

    static let request = Operation.fixOnCall(
        tag, "Request roadside service", for: .only([.customer]),
        description: """
            Mechanics around are alerted at once; a `mechanic_id` is asked first and alone. A `quote_id` of a live quote \
            for just this gives it the quote's price.
            """,
        body: content("quote_id", .reference),
        status: 201, message: "Service requested.",
        data: ["service": ServiceView.example, "nearby_mechanics": [NearbyMechanicView.example]], refusals: [409, 503]
    ).leadingToService

    static let quote = Operation.fixOnCall(
        tag, "What a service would cost", for: .signedIn, description: QuoteView.promise,
        body: content("scheduled_time", .optionalTime), message: "Quote calculated.", data: ["quote": QuoteView.example]
    )

    /// - Parameter name: of the member that only one of the two bodies has.
    private static func content(_ name: String, _ schema: Schema) -> Operation.Content {
        .json(
            .object(
                [
                    "service_type": Schema.text(max: 60).described("a `code` of /api/services/types"),
                    "location": place,
                    "description": .optionalText(max: 2000),
                    "vehicle_info": AuthRoutes.vehicle, "vehicle_id": VehicleRoutes.name, "destination": place,
                    "mechanic_id": .reference,
                    "fuel_type": FuelRoutes.fuelType, "litres": FuelRoutes.litres,
                    "vehicle_type": TowingRoutes.vehicleType, "wheels_locked": .boolean,
                    "mass_kg": TowingRoutes.mass, name: schema,
                ],
                optional: [
                    "description", "vehicle_info", "vehicle_id", "destination", "mechanic_id", "fuel_type", "litres",
                    "vehicle_type", "wheels_locked", "mass_kg", name,
                ]),
            example: [
                "service_type": "breakdown",
                "location": .placeExample,
                "description": "Car won't start",
            ])
    }

    static let availableMechanics = MechanicSearch.operation(tag, "Find available mechanics near by")

    static let assign = Operation.fixOnCall(
        tag, "Choose the mechanic of a service", for: .only([.customer, .dispatcher, .admin]),
        description: "By its driver: that mechanic is asked. By staff: he has the service at once.",
        body: .json(.object(["mechanic_id": .reference]), example: ["mechanic_id": "65a50b2c9f1d4e0012345679"]),
        message: "Mechanic assigned.", data: one, refusals: [404, 409]
    ).conditional

    static let status = Operation.fixOnCall(
        tag, "Lead a service to a status", for: parties,
        description: "`accepted` takes it, `in_progress` arrives and starts; every step on the way is kept and told.",
        body: .json(
            .object(
                ["status": .string(oneOf: FixOnCallWords.commands), "otp": .optionalText(max: 20), "reason": why],
                optional: ["otp", "reason"]), example: ["status": "in_progress"]),
        message: "Service status updated.", data: one, refusals: [404, 409, 429]
    ).conditional

    static let history = Operation.fixOnCall(
        tag, "One's own services, newest first", for: parties, description: "Staff see everybody's.",
        query: [
            .query("status", .string(oneOf: FixOnCallWords.statuses)), .query("service_type", .queryText(max: 60)),
        ]
            + paging(perPage: 10),
        message: "Service history retrieved.", data: ["services": [ServiceView.example], "pagination": pagination])

    static let types = Operation.fixOnCall(
        tag, "What can be asked for", for: .everybody, message: "Service types retrieved.",
        data: ["service_types": [ServiceTypeView.example], "count": 1])

    static let available = Operation.fixOnCall(
        tag, "Open services offered to this mechanic", for: .only([.provider]),
        message: "Available services retrieved.",
        data: ["services": [ServiceView.example], "count": 1])

    static let service = Operation.fixOnCall(
        tag, "One service", for: parties, message: "Service retrieved.", data: one, refusals: [404]
    ).revalidated

    static let timeline = Operation.fixOnCall(
        tag, "What has happened to a service", for: parties,
        description: """
            Every event, oldest first; new ones come last, so a cursor neither skips nor repeats any. Staff also see who \
            moved it and, under the event that began a search, whom it was offered to and what became of that.
            """,
        query: scrolling, message: "Timeline retrieved.",
        data: ["timeline": [TimelineEntryView.example, TimelineEntryView.staffExample], "pagination": pagination],
        refusals: [404])

    static let accept = Operation.fixOnCall(
        tag, "Take a service", for: .only([.provider]),
        description: "Of several who accept, one has it; the others get 409.",
        message: "Service accepted.", data: one, refusals: [404, 409]
    ).conditional.leading(
        to: ".start", ".status", ".complete", ".cancel", ".fail", ".propose_charge", ".send_message", ".share",
        by: "service")

    static let decline = Operation.fixOnCall(
        tag, "Refuse an offered service", for: .only([.provider]), body: reason, message: "Service declined.",
        data: [:],
        refusals: [404, 409]
    ).conditional

    static let start = Operation.fixOnCall(
        tag, "Start the work with the driver's code", for: .only([.provider, .dispatcher, .admin]),
        body: .json(.object(["otp": .optionalText(max: 20)], optional: ["otp"]), example: ["otp": "123456"]),
        message: "Service started.", data: one, refusals: [404, 409, 429]
    ).conditional.leading(to: ".complete", ".fail", ".propose_charge", by: "service")

    static let complete = Operation.fixOnCall(
        tag, "Finish the work", for: parties, message: "Service completed.", data: one, refusals: [404, 409]
    ).conditional.leading(to: ".review", ".reviews", by: "service")

    static let cancel = Operation.fixOnCall(
        tag, "Cancel a service", for: parties,
        description: """
            By its mechanic before he arrived: another one is looked for. By its driver: `cancellation_fee` of the \
            service says what it costs; staff may waive it.
            """, body: cancellation,
        message: "Service cancelled.", data: one, refusals: [404, 409]
    ).conditional

    static let proposeCharge = {
        var operation = proposal
        let names: [String: Operation.Link.Source] = [
            "id": .answer("/data/service/id"), "charge_id": .answer("/data/extra_charge/id"),
        ]
        operation.links = [".approve_charge", ".reject_charge"].map { Operation.Link(to: $0, names) }
        return operation
    }()

    private static let proposal = Operation.fixOnCall(
        tag, "Ask the driver for more than the price", for: .only([.provider]),
        description: "Nothing of it is charged before he has approved; what he has not decided lapses at completion.",
        body: .json(
            .object(
                [
                    "code": .optionalText(max: 40), "title": .text(max: 100), "amount": .number,
                    "reason": .text(max: 500),
                    "upload_ids": Schema.array(of: .fileID, count: 0...30).described(
                        "photos of the service that one has added"),
                ], optional: ["code", "upload_ids"]),
            example: [
                "code": "battery", "title": "New battery", "amount": 9500,
                "reason": "The old one holds no charge any more",
            ]),
        status: 201, message: "Charge proposed.",
        data: ["service": ServiceView.example, "extra_charge": ExtraChargeView.example], refusals: [404, 409]
    ).conditional

    static let approveCharge = Operation.fixOnCall(
        tag, "Approve an extra charge", for: .only([.customer]), message: "Charge approved.", data: one,
        refusals: [404, 409]
    ).conditional

    static let rejectCharge = Operation.fixOnCall(
        tag, "Reject an extra charge", for: .only([.customer]), message: "Charge rejected.", data: one,
        refusals: [404, 409]
    ).conditional

    static let cancellation = Operation.Content.json(
        .object(["reason": why, "waive_fee": .boolean], optional: ["reason", "waive_fee"]),
        example: ["reason": "The car starts again"])

    static let fail = Operation.fixOnCall(
        tag, "End a service that came to nothing", for: .only([.provider, .dispatcher, .admin]),
        description: """
            `gone_on_arrival`: nobody and no vehicle there. `no_show`: the driver does not come or answer. `unsuccessful`: \
            the work did not succeed. `destination_refused`: the garage would not have the vehicle. Before one of the \
            first two a mechanic waits and tries to reach the driver, and says so; staff need neither.
            """,
        body: .json(
            .object(
                [
                    "outcome": .string(oneOf: FailBody.outcomes), "reason": why,
                    "contact_attempted": .boolean.described("whether the mechanic called or wrote to the driver"),
                ], optional: ["reason", "contact_attempted"]),
            example: ["outcome": "gone_on_arrival", "reason": "Nobody at the car park", "contact_attempted": true]),
        message: "Service ended.", data: one, refusals: [404, 409]
    ).conditional

    static let pagination: JSON = ["page": 1, "per_page": 25, "total": 1, "pages": 1, "next_cursor": nil]

    private static let reason = Operation.Content.json(
        .object(["reason": why], optional: ["reason"]), example: ["reason": "Too far away"])

    static let place = Schema.object(
        ["latitude": .latitude, "longitude": .longitude, "address": .optionalText(max: 300)], optional: ["address"])
    private static let why = Schema.optionalText(max: 500)
}
