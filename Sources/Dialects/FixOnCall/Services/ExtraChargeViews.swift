import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// F5: what a mechanic asks for beyond the price, and what its driver says to it.
enum ExtraChargeView {
    static func json(_ charge: ExtraCharge) -> JSON {
        [
            "id": .string(charge.id.hex), "code": .string(charge.code), "title": .string(charge.title),
            "amount": .amount(charge.amount), "reason": .string(charge.reason),
            "evidence": .array(charge.photoIDs.map(Self.photo)), "state": .string(charge.state.rawValue),
            "proposed_at": .time(charge.proposedAt), "decided_at": .time(charge.decidedAt),
        ]
    }

    private static func photo(_ id: ObjectID) -> JSON {
        ["id": .string(id.hex), "url": .string(UploadView.url(id))]
    }

    static let example: JSON = [
        "id": "65a50b2c9f1d4e0012345695", "code": "battery", "title": "New battery", "amount": 9500,
        "reason": "The old one holds no charge any more",
        "evidence": [["id": "65a50b2c9f1d4e00123456a0", "url": "/static/uploads/65a50b2c9f1d4e00123456a0"]],
        "state": "proposed", "proposed_at": "2024-01-15T10:30:00Z",
        "decided_at": nil,
    ]

    static let itemExample: JSON = ["code": "battery", "title": "New battery", "amount": 9500]

    static let approvedExample = example.adding("state", "approved").adding("decided_at", "2024-01-15T10:30:00Z")
}

/// What it would cost to cancel now (U19).
enum CancellationFeeView {
    static func json(_ fee: CancellationFee) -> JSON {
        [
            "amount": .amount(fee.amount), "currency": .string(fee.amount.currency.code),
            "reason": .string(fee.reason.rawValue), "free_until": .time(fee.freeUntil),
        ]
    }

    static let example: JSON = ["amount": 0, "currency": "KES", "reason": "not_accepted", "free_until": nil]

    static let graceExample = example.adding("reason", "grace").adding("free_until", "2024-01-15T10:33:00Z")
}

extension JSON {
    /// The members by which services and bookings tell what they cost, beyond the estimate.
    mutating func addAccount(of job: Job) {
        add("fees", .array(job.fees.map(PriceView.item)))
        add("extra_charges", .array(job.extraCharges.map(ExtraChargeView.json)))
        add("price_final", job.finalPrice.map { .amount($0.total) } ?? .null)
        add("price_final_items", .array((job.finalPrice?.lines ?? []).map(PriceView.item)))
        // For its driver and staff, while there is something to cancel.
        if let fee = job.cancellationFee { add("cancellation_fee", CancellationFeeView.json(fee)) }
    }
}
