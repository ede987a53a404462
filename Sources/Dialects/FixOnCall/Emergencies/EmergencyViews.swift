import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: a call for help in danger, as its maker sees it.
enum EmergencyView {
    static func json(_ alert: EmergencyAlert) -> JSON {
        var json = JSON.object(PublicID(alert.id).members)
        json.add("user_id", .string(alert.userID.hex))
        json.add("service_id", JSON(alert.jobID))
        json.add("status", .string(alert.state.rawValue))
        json.add("location", alert.location.map(JSON.point) ?? .null)
        json.add("message", JSON(alert.message))
        json.add("created_at", .time(alert.createdAt))
        json.add("updated_at", .time(alert.updatedAt))
        return json
    }

    static let states = EmergencyState.allCases.map(\.rawValue)

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345700", "id": "65a50b2c9f1d4e0012345700", "user_id": "65a50b2c9f1d4e0012345678",
        "service_id": "65a50b2c9f1d4e0012345680", "status": "open", "location": .pointExample,
        "message": "Two men are following me", "created_at": "2024-01-15T10:30:00Z",
        "updated_at": "2024-01-15T10:30:00Z",
    ]

    static let plainExample = example.adding("service_id", nil).adding("location", nil).adding("message", nil)
}

/// The same as staff see it: who it is, how to reach him, and what has been done.
enum ManagedEmergencyView {
    static func json(_ managed: ManagedAlert) -> JSON {
        let alert = managed.alert
        var json = EmergencyView.json(alert)
        json.add("name", .string(alert.name))
        json.add("user_type", .string(FixOnCallWords.userType(alert.role)))
        json.add("phone", .string(managed.phone))
        json.add("email", .string(managed.email))
        json.add("timeline", .array(alert.timeline.map(entry)))
        return json
    }

    private static func entry(_ entry: EmergencyAlert.Entry) -> JSON {
        [
            "event": .string(entry.what.rawValue), "at": .time(entry.at), "by": .string(entry.by.hex),
            "note": JSON(entry.note),
        ]
    }

    static let events = EmergencyAlert.Entry.What.allCases.map(\.rawValue)

    static let entryExample: JSON = [
        "event": "raised", "at": "2024-01-15T10:30:00Z", "by": "65a50b2c9f1d4e0012345678", "note": nil,
    ]

    static let example = EmergencyView.example.adding("name", "John Driver").adding("user_type", "driver")
        .adding("phone", "+254712345678").adding("email", "driver@example.com").adding("timeline", [entryExample])

    /// Of somebody who said nothing with it.
    static let plainExample = EmergencyView.plainExample.adding("name", "John Driver").adding("user_type", "driver")
        .adding("phone", "").adding("email", "driver@example.com").adding("timeline", [entryExample])
}

/// Somebody who is told when one is in danger.
enum TrustedContactView {
    static func json(_ contact: TrustedContact) -> JSON {
        var json = JSON.object(PublicID(contact.id).members)
        json.add("name", .string(contact.name))
        json.add("phone", contact.phone.isEmpty ? .null : .string(contact.phone))
        json.add("email", contact.email.isEmpty ? .null : .string(contact.email))
        json.add("created_at", .time(contact.createdAt))
        return json
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345701", "id": "65a50b2c9f1d4e0012345701", "name": "Jane",
        "phone": "+254712345670", "email": nil, "created_at": "2024-01-15T10:30:00Z",
    ]

    static let mailExample = example.adding("phone", nil).adding("email", "jane@example.com")
}
