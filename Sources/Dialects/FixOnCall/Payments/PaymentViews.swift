import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: one payment. What its gateway calls it is nobody's business.
enum PaymentView {
    static func json(_ payment: Payment) -> JSON {
        var json = JSON.object(PublicID(payment.id).members)
        json.add("service_id", .string(payment.jobID.hex))
        json.add("service_number", .int(payment.jobNumber))
        json.add("user_id", .string(payment.customerID.hex))
        json.add("mechanic_id", JSON(payment.providerID))
        json.add("method", .string(payment.method.rawValue))
        json.add("status", .string(payment.state.rawValue))
        json.add("amount", .amount(payment.amount))
        json.add("currency", .string(payment.amount.currency.code))
        json.add("refunded", payment.refunded.map { .amount($0) } ?? .null)
        json.add("failure", JSON(payment.failure))
        json.add("created_at", .time(payment.createdAt))
        json.add("updated_at", .time(payment.updatedAt))
        return json
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345701", "id": "65a50b2c9f1d4e0012345701", "service_id": "65a50b2c9f1d4e0012345680",
        "service_number": 1, "user_id": "65a50b2c9f1d4e0012345678", "mechanic_id": "65a50b2c9f1d4e0012345679",
        "method": "card", "status": "succeeded", "amount": 1500, "currency": "KES", "refunded": nil, "failure": nil,
        "created_at": "2024-01-15T10:30:00Z", "updated_at": "2024-01-15T10:30:00Z",
    ]

    static let cashExample = example.adding("method", "cash")

    static let refundedExample = example.adding("status", "refunded").adding("refunded", 1312.5).adding(
        "mechanic_id", nil)

    static let failedExample = example.adding("status", "failed").adding("failure", "declined")
}
