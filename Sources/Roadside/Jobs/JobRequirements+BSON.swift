import BSON
import RoadsideRules

/// `services.requirements`, flat: `{fuel, millilitres}` or `{vehicle_type, mass_kg?, wheels_locked}` (contracts K18).
extension JobRequirements {
    init(_ document: Document?) {
        self.init()
        guard let document else { return }
        if let fuel: String = document.get("fuel"), let amount: Int64 = document.get("millilitres") {
            self.fuel = FuelOrder(fuel: fuel, millilitres: amount)
        }
        if let vehicle: String = document.get("vehicle_type") {
            tow = TowNeed(
                vehicleType: vehicle, massKg: document.get("mass_kg"),
                wheelsLocked: document.get("wheels_locked") ?? false)
        }
    }

    var document: Document {
        var document = Document()
        if let fuel {
            document.append("fuel", .string(fuel.fuel))
            document.append("millilitres", .int64(fuel.millilitres))
        }
        if let tow {
            document.append("vehicle_type", .string(tow.vehicleType))
            document.append("mass_kg", ifPresent: tow.massKg)
            document.append("wheels_locked", .bool(tow.wheelsLocked))
        }
        return document
    }
}

extension PriceLine {
    init?(_ document: Document) {
        guard let code: String = document.get("code"), let amount = Money(document.get("amount")) else { return nil }
        self.init(code: code, title: document.get("title") ?? "", amount: amount)
    }

    var document: Document {
        ["code": .string(code), "title": .string(title), "amount": .document(amount.document)]
    }
}
