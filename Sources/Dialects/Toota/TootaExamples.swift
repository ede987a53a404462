import BSON
import Roadside
import RoadsideRules

/// Examples of the frames, in one story: Alice has bags taken from one street to another, John drives.
enum TootaExamples {
    static let trip: JSON = "65a50b2c-9f1d-84e0-8012-3456b2a4e3f1"
    private static let alice: JSON = "65a50b2c-9f1d-84e0-8012-3456b2a4e3f2"
    private static let john: JSON = "65a50b2c-9f1d-84e0-8012-3456b2a4e3f3"

    /// Of A1, where ids are integers.
    static let found: JSON = driver(1)
    private static let available: JSON = driver(john)

    private static func driver(_ id: JSON) -> JSON {
        [
            "id": id, "first_name": "John", "last_name": "Doe", "latitude": 12.34, "longitude": 56.78,
            "is_available": true, "name": "John Doe", "phone": "+2547•••678", "vehicle_type": "flatbed", "rating": 4.5,
            "distance_km": 1.2,
        ]
    }

    static let payment: JSON = [
        "payment_method": "cash", "payment_status": "pending", "amount": .decimal(minorUnits: 242_500, scale: 2),
        "currency": "KES",
    ]

    static let create: JSON = [
        "action": "create_trip", "vehicle_type": "pickup", "pickup": "123 Main Street",
        "destination": "456 Elm Street", "pickup_lat": 12.56, "pickup_lon": 36.82, "dest_lat": 12.67,
        "dest_lon": 36.95, "load_description": "2 large bags, 1 small bag", "payment_method": "cash",
    ]
    static let confirm: JSON = ["action": "confirm_driver", "trip_id": trip, "driver_id": john]

    private static func summary(phone: JSON) -> [(String, JSON)] {
        [
            ("trip_id", trip), ("estimated_fare", .decimal(minorUnits: 242_500, scale: 2)), ("distance_km", 18.5),
            ("estimated_time", "49 mins"), ("pickup", "123 Main Street"), ("destination", "456 Elm Street"),
            ("vehicle_type", "pickup"), ("load_description", "2 large bags, 1 small bag"),
            ("user_info", ["id": alice, "name": "Alice Smith", "phone": phone]),
        ]
    }

    static let created = JSON(
        members: [("message", .string(TootaWords.created))] + summary(phone: "+254712345678")
            + [("available_drivers", [available]), ("status", "pending")])
    static let awaiting: JSON = [
        "message": .string(TootaWords.awaiting), "trip_id": trip, "status": "pending",
        "driver_info": [
            "id": john, "name": "John Doe", "phone": "+2547•••678", "vehicle_type": "flatbed", "rating": 4.5,
        ],
        "payment_info": payment,
    ]
    static let accepted: JSON = [
        "type": "trip_status_update", "trip_id": trip, "status": "accepted",
        "driver_info": [
            "id": john, "name": "John Doe", "first_name": "John", "last_name": "Doe", "phone": "+254712345678",
            "vehicle_type": "flatbed", "rating": 4.5,
        ],
        "trip_details": [
            "id": trip, "pickup": "123 Main Street", "destination": "456 Elm Street", "pickup_lat": 12.56,
            "pickup_long": 36.82, "dest_lat": 12.67, "dest_long": 36.95, "vehicle_type": "pickup",
            "load_description": "2 large bags, 1 small bag", "fare": .decimal(minorUnits: 242_500, scale: 2),
            "status": "accepted", "distance_km": 18.5, "estimated_time": "49 mins",
            "created_at": "2024-01-15T10:30:00.000Z",
        ],
        "payment_info": payment,
    ]
    static let chooseAgain: JSON = [
        "message": .string(TootaWords.silence), "trip_id": trip, "status": "pending",
        "available_drivers": [available],
    ]
    static let ended: JSON = ["type": "trip_status_update", "trip_id": trip, "status": "cancelled"]

    static let newRequest: JSON = [
        "type": "new_trip_request",
        "trip_details": JSON(members: summary(phone: "+2547•••678") + [("payment_info", payment)]),
    ]
    static let withdrawn: JSON = [
        "type": "trip_request_withdrawn", "trip_id": trip, "message": .string(TootaWords.withdrawn),
    ]
    static let answer: JSON = ["trip_id": trip, "driver_response_status": "accepted"]
    static let contact: JSON = [
        "user_id": alice, "first_name": "Alice", "last_name": "Smith", "email": "alice@example.com",
        "phone": "+254712345678",
    ]
    static let rejected: JSON = ["trip_id": trip, "status": "rejected"]

    static func status(_ word: JSON) -> JSON { ["trip_id": trip, "trip_status": word] }
    static func cashDue(_ text: String) -> JSON {
        ["payment_status": "arrived at pickup", "trip_id": trip, "message": .string(text)]
    }

    static let place: JSON = ["latitude": 12.34, "longitude": 56.78]
    static let location: JSON = place.adding(
        "driver_details",
        [
            "id": john, "name": "John Doe", "email": "john@example.com", "phone": "+254712345678",
            "vehicle_type": "flatbed", "rating": 4.5, "is_available": false, "profile_pic": nil, "car_image": nil,
        ])

    static let legacyRequest: JSON = [
        "user_id": 1,
        "trip_info": [
            "pickup_lat": 12.56, "pickup_lon": 36.82, "destination_lat": 45.67, "destination_lon": 36.95,
            "pickup": "123 Main Street", "destination": "456 Elm Street",
            "load_description": "2 large bags, 1 small bag",
        ],
    ]
    static let legacyWithdrawal: JSON = ["user_id": 1, "trip_request_status": "cancelled"]
    static let legacyAnswer: JSON = ["user_id": 1, "trip_response_status": "accepted"]
    static let legacyAccepted = LegacyFrames.accepted(1)
    static let legacyNews: JSON = legacyRequest.adding("trip_id", 1)
    static let legacyGone = LegacyFrames.withdrawn(1, 1)
}
