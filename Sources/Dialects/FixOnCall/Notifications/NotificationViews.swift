import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// A row of the inbox as a notification: canonical facts, told in this dialect's sentences.
///
/// A start code is announced here and never repeated: a list is read over shoulders and kept in logs of apps. Only an event,
/// which reaches its recipient once, shows it.
struct NotificationView {
    let json: JSON

    init(_ row: InboxRow, opensCode: Bool = false) {
        let text = NotificationText(row)
        var json = JSON.object(PublicID(row.id).members)
        json.add("seq", .int(row.seq))
        json.add("type", .string(Self.type(row)))
        json.add("title", .string(text.title))
        json.add("message", .string(text.message))
        json.add("is_read", .bool(row.isRead))
        json.add("created_at", .time(row.createdAt))
        json.add("data", Self.data(row.body))
        if opensCode, let otp = row.otp { json.add("start_otp", .string(otp)) }
        self.json = json
    }

    private static func type(_ row: InboxRow) -> String {
        switch row.kind {
        case .jobStatus: "service_status"
        case .jobOTP: "service_otp"
        case .offerNew: "service_available"
        case .offerWithdrawn: "service_withdrawn"
        case .offerAnswer: "service_answer"
        case .payment: "payment"
        case .session: "session"
        case .chatMessage: "chat"
        case .emergency: "emergency"
        case .message: row.body.topic ?? StaffMessage.defaultTopic
        }
    }

    /// The facts a client needs to go on: which service, and what has become of it. Empty for plain messages.
    private static func data(_ body: InboxBody) -> JSON {
        var data = body.jobID.map { facts(of: $0, body) } ?? [:]
        if let emergency = body.emergencyID {
            data.add("emergency_id", .string(emergency.hex))
            if let place = body.pickup { data.add("location", .point(place.point)) }
        } else if let pickup = body.pickup {
            data.add("address", .string(pickup.address))
        }
        if let estimate = body.estimate { data.add("price_estimate", .amount(estimate)) }
        if let distance = body.distanceKm { data.add("distance_km", .kilometres(distance)) }
        if let id = body.messageID { data.add("message_id", .string(id.hex)) }
        if let seq = body.messageSeq { data.add("message_seq", .int(seq)) }
        if let stars = body.stars { data.add("rating", .int(Int64(stars))) }
        if let expiry = body.offerExpiresAt { data.add("offer_expires_at", .time(expiry)) }
        return data
    }

    private static func facts(of job: ObjectID, _ body: InboxBody) -> JSON {
        [
            "service_id": .string(job.hex), "service_number": JSON(body.jobNumber),
            "service_type": JSON(body.serviceType),
            "status": JSON(body.status.map(FixOnCallWords.status)), "stage": JSON(body.status?.rawValue),
            "by": .string(FixOnCallWords.actor(body.actor)), "reason": JSON(body.reason),
        ]
    }

    static let messageExample: JSON = [
        "_id": "65a50b2c9f1d4e0012345691", "id": "65a50b2c9f1d4e0012345691", "seq": 3, "type": "general",
        "title": "Road closed", "message": "Uhuru Highway is closed until noon.", "is_read": false,
        "created_at": "2024-01-15T10:30:00Z", "data": [:],
    ]

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345690", "id": "65a50b2c9f1d4e0012345690", "seq": 2, "type": "service_status",
        "title": "Request accepted", "message": "James Mechanic has accepted your request.", "is_read": false,
        "created_at": "2024-01-15T10:30:00Z",
        "data": [
            "service_id": "65a50b2c9f1d4e0012345680", "service_number": 1, "service_type": "breakdown",
            "status": "accepted", "stage": "accepted", "by": "mechanic", "reason": nil, "address": "Nairobi, Kenya",
            "price_estimate": 1500,
        ],
    ]

    /// An alert, with everything a mechanic needs to decide.
    static let offerExample = example.adding("type", "service_available").adding("title", "New request near by")
        .adding(
            "data",
            [
                "service_id": "65a50b2c9f1d4e0012345680", "service_number": nil, "service_type": nil, "status": nil,
                "stage": nil, "by": "system", "reason": "Too far away", "address": "Nairobi, Kenya",
                "price_estimate": 1512.5, "distance_km": 1.2, "offer_expires_at": "2024-01-15T10:31:00Z",
            ])

    /// What became of a choice.
    static let answerExample = example.adding("type", "service_answer").adding("title", "No answer")
        .adding("message", "James Mechanic has not answered. Please choose again.")
        .adding(
            "data",
            [
                "service_id": "65a50b2c9f1d4e0012345680", "service_number": 1, "service_type": "breakdown",
                "status": "pending", "stage": "matching", "by": "system", "reason": nil,
                "address": "Nairobi, Kenya", "price_estimate": 1500,
            ])

    /// A payment has changed.
    static let paymentExample = answerExample.adding("type", "payment").adding("title", "Payment received")
        .adding("message", "The payment of KES 1500.00 has been received.")

    /// As an event; a list never has the code.
    static let codeExample = example.adding("type", "service_otp").adding("title", "Your start code")
        .adding("message", "Open your request to see the code that your mechanic needs to start.")
        .adding("start_otp", "123456")

    /// Somebody's words about a service.
    static let reviewExample = example.adding("type", "review").adding("title", "New review")
        .adding("message", "John Driver gave you 5 of 5 stars.")
        .adding(
            "data",
            [
                "service_id": "65a50b2c9f1d4e0012345680", "service_number": 1, "service_type": "breakdown",
                "status": "completed", "stage": "completed", "by": "driver", "reason": nil,
                "address": "Nairobi, Kenya", "price_estimate": 1500, "rating": 5,
            ])

    /// What the other side of a service has written.
    static let chatExample = example.adding("type", "chat").adding("title", "John Driver")
        .adding("message", "I stand beside the blue gate")
        .adding(
            "data",
            [
                "service_id": "65a50b2c9f1d4e0012345680", "service_number": 1, "service_type": nil, "status": nil,
                "stage": nil, "by": "driver", "reason": nil, "message_id": "65a50b2c9f1d4e0012345699",
                "message_seq": 1,
            ])

    /// Somebody is in danger.
    static let emergencyExample = example.adding("type", "emergency").adding("title", "Emergency")
        .adding("message", "John Driver calls for help.")
        .adding(
            "data",
            [
                "service_id": "65a50b2c9f1d4e0012345680", "service_number": 1, "service_type": nil, "status": nil,
                "stage": nil, "by": "driver", "reason": nil, "emergency_id": "65a50b2c9f1d4e0012345700",
                "location": .pointExample,
            ])

    /// The same to whoever is told nothing of a service.
    static let contactExample = emergencyExample.adding(
        "data", ["emergency_id": "65a50b2c9f1d4e0012345700", "location": .pointExample])

    /// One that is about no service.
    static let plainExample = example.adding("type", "general").adding("data", [:])
}
