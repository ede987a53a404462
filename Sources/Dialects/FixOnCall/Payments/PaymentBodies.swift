import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: a driver pays, or a mechanic says that he was paid.
struct PaymentBody {
    let service: Reference
    let method: PaymentMethod
    /// Of a card, as its gateway gave it.
    let token: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let service = fields.reference("service_id")
        let word = fields.text("method", max: 20)
        let method = PaymentMethod(rawValue: word)
        if method == nil, !word.isEmpty { fields.issue("method", "must be card or cash") }
        token = fields.optionalText("token", max: 255)
        if method == .card, token == nil { fields.issue("token", "is required for a card") }
        try fields.finish()
        guard let service, let method else {
            throw .validation([FieldIssue(name: "service_id", message: "is required")])
        }
        self.service = service
        self.method = method
    }
}
