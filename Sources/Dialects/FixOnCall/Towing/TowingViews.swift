import BSON

extension QuoteView {
    /// A saloon with locked wheels, ten kilometres.
    static let towingExample: JSON = [
        "service_type": "towing",
        "requirements": ["vehicle_type": "saloon", "mass_kg": 1400, "wheels_locked": true],
        "price_items": [
            ["code": "call_out", "title": "Call-out: Towing", "amount": 1500],
            ["code": "loaded_distance", "title": "Distance with your vehicle", "amount": 500],
            ["code": "dolly", "title": "Dolly for locked wheels", "amount": 500],
        ],
        "total": 2500, "currency": "KES", "prices_version": "1.1.1",
    ]
}
