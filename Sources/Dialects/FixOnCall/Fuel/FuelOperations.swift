import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

/// What the documents say of the routes under `/api/fuel`, and who may call them.
extension FuelRoutes {
    private static let tag = "Fuel"

    static let prices = Operation.fixOnCall(
        tag, "What a litre costs", for: .everybody, message: "Fuel prices retrieved.", data: FuelPricesView.example)

    static let nearby = MechanicSearch.operation(tag, "Mechanics near a point who bring fuel", by: .fuel)

    static let quote = Operation.fixOnCall(
        tag, "What a fuel delivery would cost", for: .signedIn, description: QuoteView.promise,
        body: quoteBody, message: "Quote calculated.", data: ["quote": QuoteView.fuelExample])

    static let request = Operation.fixOnCall(
        tag, "Request a fuel delivery", for: .only([.customer]),
        description: "Mechanics around who carry this fuel are alerted at once; a `mechanic_id` is asked first.",
        body: body, status: 201, message: "Service requested.",
        data: ["service": ServiceView.fuelExample, "nearby_mechanics": [NearbyMechanicView.example]],
        refusals: [409, 503]
    ).leadingToService

    static let fuelType = Schema.text(max: 60).described("a `fuel_type` of /api/fuel/prices")
    static let litres = Schema.number(
        in: Double(FuelOrder.millilitreLimits.lowerBound / 1000)...Double(FuelOrder.millilitreLimits.upperBound / 1000)
    ).described("at most three decimals")

    private static let body = content("quote_id", .reference)
    private static let quoteBody = content("scheduled_time", .optionalTime)

    /// - Parameter name: of the member that only one of the two bodies has.
    private static func content(_ name: String, _ schema: Schema) -> Operation.Content {
        .json(
            .object(
                [
                    "fuel_type": fuelType, "litres": litres, "location": ServiceRoutes.place,
                    "description": .optionalText(max: 2000),
                    "vehicle_info": AuthRoutes.vehicle, "vehicle_id": VehicleRoutes.name, "mechanic_id": .reference,
                    name: schema,
                ], optional: ["description", "vehicle_info", "vehicle_id", "mechanic_id", name]),
            example: [
                "fuel_type": "petrol", "litres": 10,
                "location": .placeExample,
            ])
    }
}
