import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// A booking as its viewer may see it: the appointment, and its service's facts beside it.
struct BookingView {
    let json: JSON

    init(_ booking: Booking) {
        let job = booking.job
        var json = JSON.object(PublicID(booking.id, number: booking.number).members)
        json.add("service_id", .string(job.id.hex))
        // What the frames of live bookings call `booking_id`.
        json.add("service_number", .int(job.number))
        json.add("user_id", .string(job.customerID.hex))
        json.add("mechanic_id", JSON(job.assignedTo))
        json.add("service_type", .string(job.serviceType))
        json.add("status", .string(FixOnCallWords.status(job.status)))
        json.add("stage", .string(job.status.rawValue))
        json.add("location", .place(job.location, address: job.address))
        json.add("destination", job.destination.map { .place($0.point, address: $0.address) } ?? .null)
        json.add("scheduled_time", .time(booking.scheduledTime))
        json.add("estimated_duration", JSON(booking.estimatedMinutes))
        json.add("notes", booking.notes.isEmpty ? .null : .string(booking.notes))
        json.add("description", .string(job.description))
        json.add("price_estimate", .amount(job.estimate))
        json.add("currency", .string(job.estimate.currency.code))
        json.add("price_items", .array(job.quote.map(PriceView.item)))
        json.addAccount(of: job)
        json.add("payment_status", .string(job.paymentStatus))
        json.add("cancellation_reason", JSON(booking.cancellationReason))
        json.add("cancelled_at", .time(booking.cancelledAt))
        json.add("created_at", .time(booking.createdAt))
        json.add("updated_at", .time(job.updatedAt))
        json.add("customer", PartyView.customer(job.customer))
        json.add("mechanic", job.provider.map(PartyView.mechanic) ?? .null)
        json.add("version", .int(job.version))
        // For its customer only, as in the view of the service.
        if let otp = job.startOTP { json.add("start_otp", .string(otp)) }
        self.json = json
    }

    private static let anyViewer: JSON = [
        "_id": "65a50b2c9f1d4e0012345685", "id": "65a50b2c9f1d4e0012345685", "number": 2,
        "service_id": "65a50b2c9f1d4e0012345680", "service_number": 1, "user_id": "65a50b2c9f1d4e0012345678",
        "mechanic_id": nil,
        "service_type": "mechanic_dispatch", "status": "pending", "stage": "scheduled",
        "location": .placeExample, "destination": nil,
        "scheduled_time": "2024-01-16T08:00:00Z", "estimated_duration": 60, "notes": "Blue gate, ask for Otieno",
        "description": "Routine service", "price_estimate": 1500, "currency": "KES",
        "price_items": [PriceView.example], "fees": [], "extra_charges": [], "price_final": nil,
        "price_final_items": [],
        "payment_status": "pending",
        "cancellation_reason": nil, "cancelled_at": nil, "created_at": "2024-01-15T10:30:00Z",
        "updated_at": "2024-01-15T10:30:00Z",
        "customer": [
            "_id": "65a50b2c9f1d4e0012345678", "id": "65a50b2c9f1d4e0012345678", "number": 1, "name": "John Driver",
            "phone": "+254712345678", "email": "driver@example.com",
        ],
        "mechanic": nil, "version": 1,
    ]

    /// As its driver has just made it.
    static let example = anyViewer.adding("cancellation_fee", CancellationFeeView.example)

    /// The same with a mechanic on his way.
    static let acceptedExample = example.adding("mechanic", PartyView.mechanicExample).adding("start_otp", "123456")
        .adding("cancellation_fee", CancellationFeeView.graceExample)

    /// The same when all is done.
    static let finishedExample = anyViewer.adding("mechanic", PartyView.mechanicExample)
        .adding("fees", [PriceView.waitingExample]).adding("extra_charges", [ExtraChargeView.approvedExample])
        .adding("price_final", 11_100)
        .adding("price_final_items", [PriceView.example, PriceView.waitingExample, ExtraChargeView.itemExample])
}
