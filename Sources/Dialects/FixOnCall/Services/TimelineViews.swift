import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// One event of a service's story. Who moved it by name, and whom it was offered to, is for staff.
struct TimelineEntryView {
    let json: JSON

    init(_ entry: TimelineEntry, for viewer: Role) {
        let event = entry.event
        var json: JSON = [
            "seq": .int(Int64(event.seq)), "at": .time(event.at),
            "status": .string(FixOnCallWords.status(event.status)),
            "stage": .string(event.status.rawValue), "by": .string(FixOnCallWords.actor(event.by)),
            "reason": JSON(event.reason),
        ]
        if viewer.isStaff { json.add("actor_id", JSON(event.actor)) }
        if let offers = entry.offers { json.add("offers", .array(offers.map(TimelineOfferView.json))) }
        self.json = json
    }

    static let example: JSON = [
        "seq": 3, "at": "2024-01-15T10:32:00Z", "status": "accepted", "stage": "accepted", "by": "mechanic",
        "reason": nil,
    ]

    /// As staff see the beginning of a search.
    static let staffExample: JSON = [
        "seq": 2, "at": "2024-01-15T10:30:00Z", "status": "pending", "stage": "matching", "by": "driver",
        "reason": nil, "actor_id": "65a50b2c9f1d4e0012345678", "offers": [TimelineOfferView.example],
    ]
}

/// What became of one offer.
enum TimelineOfferView {
    static func json(_ offer: TimelineOffer) -> JSON {
        [
            "mechanic_id": .string(offer.provider.hex), "state": .string(offer.state), "mode": .string(offer.mode),
            "distance_km": offer.distanceMetres.map { .kilometres($0 / 1000) } ?? .null,
            "sent_at": .time(offer.sentAt), "expires_at": .time(offer.expiresAt),
            "settled_at": .time(offer.settledAt), "reason": JSON(offer.reason),
        ]
    }

    static let example: JSON = [
        "mechanic_id": "65a50b2c9f1d4e0012345679", "state": "declined", "mode": "broadcast", "distance_km": 1.2,
        "sent_at": "2024-01-15T10:30:00Z", "expires_at": "2024-01-15T10:35:00Z",
        "settled_at": "2024-01-15T10:30:20Z", "reason": "Too far away",
    ]
}
