import RoadsideRules
import RoadsideWeb

extension Fields {
    /// F3's `fuel_type` and `litres`, also understood by D5. Which fuels there are, and how much may be ordered, is a rule.
    mutating func fuelOrder() -> FuelOrder {
        FuelOrder(fuel: text("fuel_type", max: 60), millilitres: thousandths("litres"))
    }
}
