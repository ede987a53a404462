import BSON

extension ServiceView {
    static let towingExample = example(quoted: QuoteView.towingExample).adding("destination", .garageExample)
}

extension QuoteView {
    /// What the documented request is answered: a saloon with locked wheels, twelve kilometres.
    static let towingExample: JSON = [
        "id": "65a50b2c9f1d4e0012345696", "expires_at": "2024-01-15T10:45:00Z",
        "service_type": "towing",
        "requirements": ["vehicle_type": "saloon", "mass_kg": 1400, "wheels_locked": true],
        "price_items": [
            ["code": "call_out", "title": "Call-out: Towing", "amount": 1500],
            ["code": "loaded_distance", "title": "Distance with your vehicle", "amount": 606],
            ["code": "dolly", "title": "Dolly for locked wheels", "amount": 500],
        ],
        "total": 2606, "currency": "KES", "prices_version": "1.1.1.1.1",
    ]
}

extension JSON {
    /// Where the documents tow to.
    static let garageExample: JSON = ["latitude": -1.3192, "longitude": 36.9275, "address": "Garage, Embakasi"]
}
