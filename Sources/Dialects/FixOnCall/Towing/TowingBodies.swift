import RoadsideRules
import RoadsideWeb

extension Fields {
    /// F4's `vehicle_type`, `wheels_locked` and `mass_kg`, also understood by D5.
    mutating func towNeed() -> TowNeed {
        TowNeed(
            vehicleType: text("vehicle_type", max: 60), massKg: optionalInt("mass_kg").map(Int64.init),
            wheelsLocked: optionalBool("wheels_locked") ?? false)
    }
}
