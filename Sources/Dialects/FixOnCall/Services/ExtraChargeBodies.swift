import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// F5: what a mechanic asks for beyond the price.
struct ExtraChargeBody {
    let draft: ExtraChargeDraft

    /// - Parameter currency: of the prices; the amount has its decimals.
    init(_ fields: Fields, currency: Currency) throws(RoadsideError) {
        var fields = fields
        let code = fields.optionalText("code", max: 40)
        let title = fields.text("title", max: 100)
        let amount = fields.amount("amount", currency)
        let reason = fields.text("reason", max: 500)
        let photos = fields.uploads("upload_ids")
        try fields.finish()
        draft = ExtraChargeDraft(code: code, title: title, amount: amount, reason: reason, photoIDs: photos)
    }
}

extension Fields {
    /// An amount as a number with no more decimals than its currency has: `1512.5`. Zero stands in for what is none.
    mutating func amount(_ name: String, _ currency: Currency) -> Money {
        let before = issues.count
        let thousandths = Money(minorUnits: thousandths(name), currency)
        guard issues.count == before else { return Money(minorUnits: 0, currency) }
        var unit: Int64 = 1
        for _ in 0..<currency.scale { unit *= 10 }
        let amount = thousandths.scaled(by: unit, over: 1000)
        if amount.scaled(by: 1000, over: unit) != thousandths {
            issue(name, "must be a number with at most \(currency.scale) decimals")
        }
        return amount
    }
}
