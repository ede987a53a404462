import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: what a driver tells of a vehicle; it is judged by the context.
struct VehicleBody {
    let draft: VehicleDraft

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        draft = VehicleDraft(
            licensePlate: fields.text("license_plate", max: 20), make: fields.text("make", max: 60),
            model: fields.text("model", max: 60), year: fields.optionalInt("year"),
            colour: fields.optionalText("colour", max: 60), type: fields.optionalText("vehicle_type", max: 60),
            fuel: fields.optionalText("fuel_type", max: 60), massKg: fields.optionalInt("mass_kg").map { Int64($0) })
        try fields.finish()
    }
}

extension Fields {
    /// What a service is about: facts, or one of the driver's own vehicles that are known already.
    mutating func jobVehicle() -> (facts: VehicleFacts?, own: Reference?) {
        let own = optionalReference("vehicle_id")
        if own != nil, has("vehicle_info") { issue("vehicle_id", "stands instead of vehicle_info, not beside it") }
        return (vehicle(), own)
    }
}
