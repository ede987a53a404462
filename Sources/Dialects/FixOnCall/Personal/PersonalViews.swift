import BSON
import Foundation
import Roadside
import RoadsideWeb

/// Everything that is held about the caller, in the views that he knows.
struct ExportView {
    let json: JSON

    init(_ record: PersonalRecord, at now: Date) {
        json = [
            "exported_at": .time(now), "user": UserView(record.account).json,
            "address": .string(record.account.address),
            "last_position": record.account.position.map(JSON.point) ?? .null,
            // What a mechanic comes in, as he has told of it elsewhere.
            "own_vehicle": record.account.provider?.ownVehicle.map(Self.vehicle) ?? .null,
            "services": .array(record.jobs.map { ServiceView($0).json }),
            "bookings": .array(record.bookings.map { BookingView($0).json }),
            "notifications": .array(record.notifications.map { NotificationView($0).json }),
            "vehicles": .array(record.vehicles.map(VehicleView.json)),
            "payments": .array(record.payments.map(PaymentView.json)),
            "reviews": .array(record.reviews.map(ReviewView.json)),
            "messages": .array(record.messages.map(MessageView.json)),
            "emergencies": .array(record.emergencies.map(EmergencyView.json)),
            "trusted_contacts": .array(record.contacts.map(TrustedContactView.json)),
            "documents": .array(record.papers.map(PaperView.json)),
            "uploads": .array(record.uploads.map { UploadView($0).json }),
            "sessions": .array(record.sessions.map(SessionView.json)),
        ]
    }

    private static func vehicle(_ vehicle: ProviderVehicle) -> JSON {
        ["type": .string(vehicle.type), "registration": .string(vehicle.registration)]
    }

    static let example: JSON = [
        "exported_at": "2024-01-15T10:30:00Z", "user": UserView.example, "address": "Kilimani Road 7",
        "last_position": nil, "own_vehicle": nil, "services": [ServiceView.example],
        "bookings": [BookingView.example], "notifications": [NotificationView.example],
        "vehicles": [VehicleView.example], "payments": [PaymentView.example],
        "reviews": [ReviewView.example], "messages": [MessageView.example],
        "emergencies": [EmergencyView.example], "trusted_contacts": [TrustedContactView.example],
        "documents": [PaperView.example], "uploads": [UploadView.example],
        "sessions": [SessionView.example],
    ]
}

/// A session of one's own that goes on.
enum SessionView {
    static func json(_ session: SessionSummary) -> JSON {
        [
            "id": JSON(session.id), "started_at": .time(session.startedAt), "renewed_at": .time(session.renewedAt),
            "expires_at": .time(session.expiresAt), "is_current": .bool(session.isCurrent),
        ]
    }

    static let example: JSON = [
        "id": "65a50b2c9f1d4e0012345670", "started_at": "2024-01-15T10:30:00Z", "renewed_at": "2024-01-15T10:30:00Z",
        "expires_at": "2024-02-14T10:30:00Z", "is_current": true,
    ]
}
