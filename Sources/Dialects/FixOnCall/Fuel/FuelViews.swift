import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// F3: what a litre of each fuel costs.
struct FuelPricesView {
    let json: JSON

    init(_ reference: ReferenceData) {
        json = [
            "prices": .array(reference.fuels.map(Self.price)), "count": .int(Int64(reference.fuels.count)),
            "prices_version": .string(reference.versions.text),
        ]
    }

    private static func price(_ fuel: Fuel) -> JSON {
        [
            "fuel_type": .string(fuel.code), "title": .string(fuel.title),
            "price_per_litre": .amount(fuel.pricePerLitre), "currency": .string(fuel.pricePerLitre.currency.code),
        ]
    }

    static let example: JSON = [
        "prices": [priceExample], "count": 1, "prices_version": "1.1.1.1.1",
    ]

    static let priceExample: JSON = [
        "fuel_type": "petrol", "title": "Super petrol", "price_per_litre": .decimal(minorUnits: 18_452, scale: 2),
        "currency": "KES",
    ]
}

extension ServiceView {
    static let fuelExample = example(quoted: QuoteView.fuelExample)
}

extension QuoteView {
    /// Ten litres of petrol.
    static let fuelExample: JSON = [
        "id": "65a50b2c9f1d4e0012345696", "expires_at": "2024-01-15T10:45:00Z",
        "service_type": "fuel_delivery", "requirements": ["fuel_type": "petrol", "litres": 10],
        "price_items": [
            ["code": "call_out", "title": "Call-out: Fuel delivery", "amount": 1000],
            ["code": "fuel", "title": "Super petrol", "amount": .decimal(minorUnits: 184_520, scale: 2)],
        ],
        "total": .decimal(minorUnits: 284_520, scale: 2), "currency": "KES", "prices_version": "1.1.1.1.1",
    ]
}
