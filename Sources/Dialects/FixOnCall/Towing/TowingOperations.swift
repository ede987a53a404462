import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

/// What the documents say of the routes under `/api/towing`, and who may call them.
extension TowingRoutes {
    private static let tag = "Towing"

    static let nearby = MechanicSearch.operation(tag, "Tow trucks near a point", by: .vehicle)

    static let quote = Operation.fixOnCall(
        tag, "What a tow would cost", for: .signedIn, description: QuoteView.promise, body: quoteBody,
        message: "Quote calculated.", data: ["quote": QuoteView.towingExample])

    static let request = Operation.fixOnCall(
        tag, "Request a tow", for: .only([.customer]),
        description: "Trucks around that take the vehicle are alerted at once; a `mechanic_id` is asked first.",
        body: body, status: 201, message: "Service requested.",
        data: ["service": ServiceView.towingExample, "nearby_mechanics": [NearbyMechanicView.example]],
        refusals: [409, 503]
    ).leadingToService

    static let vehicleType = Schema.text(max: 60).described("such as saloon, pickup or lorry; a refusal lists them all")
    static let mass = Schema.integer(in: 1...100_000).described(
        "kilograms; may ask for a greater truck than the type does")

    private static let body = content("quote_id", .reference)
    private static let quoteBody = content("scheduled_time", .optionalTime)

    /// - Parameter name: of the member that only one of the two bodies has.
    private static func content(_ name: String, _ schema: Schema) -> Operation.Content {
        .json(
            .object(
                [
                    "location": ServiceRoutes.place, "destination": ServiceRoutes.place, "vehicle_type": vehicleType,
                    "wheels_locked": .boolean, "mass_kg": mass, "description": .optionalText(max: 2000),
                    "vehicle_info": AuthRoutes.vehicle, "vehicle_id": VehicleRoutes.name, "mechanic_id": .reference,
                    name: schema,
                ],
                optional: [
                    "wheels_locked", "mass_kg", "description", "vehicle_info", "vehicle_id", "mechanic_id", name,
                ]),
            example: [
                "location": .placeExample,
                "destination": .garageExample,
                "vehicle_type": "saloon", "wheels_locked": true, "mass_kg": 1400,
            ])
    }
}
