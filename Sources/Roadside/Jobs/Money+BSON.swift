import BSON
import RoadsideRules

extension Money {
    init?(_ document: Document?) {
        guard let document, let minorUnits: Int64 = document.get("minor_units"),
            let code: String = document.get("currency"),
            let currency = Currency(code: code, scale: document.get("scale") ?? 2)
        else { return nil }
        self.init(minorUnits: minorUnits, currency)
    }

    var document: Document {
        ["minor_units": .int64(minorUnits), "currency": .string(currency.code), "scale": .int64(Int64(currency.scale))]
    }
}
