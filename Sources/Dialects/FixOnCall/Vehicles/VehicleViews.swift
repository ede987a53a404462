import BSON
import Roadside
import RoadsideWeb

/// F8: a driver's vehicle, as he told of it.
enum VehicleView {
    static func json(_ vehicle: Vehicle) -> JSON {
        var json = JSON.object(PublicID(vehicle.id).members)
        json.add("license_plate", .string(vehicle.licensePlate))
        json.add("make", .string(vehicle.make))
        json.add("model", .string(vehicle.model))
        json.add("year", JSON(vehicle.year))
        json.add("colour", JSON(vehicle.colour))
        json.add("vehicle_type", JSON(vehicle.type))
        json.add("fuel_type", JSON(vehicle.fuel))
        json.add("mass_kg", JSON(vehicle.massKg))
        json.add("created_at", .time(vehicle.createdAt))
        json.add("updated_at", .time(vehicle.updatedAt))
        return json
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345698", "id": "65a50b2c9f1d4e0012345698", "license_plate": "KBC123A",
        "make": "Toyota", "model": "Premio", "year": 2020, "colour": "Silver", "vehicle_type": "saloon",
        "fuel_type": "petrol", "mass_kg": 1250, "created_at": "2024-01-15T10:30:00Z",
        "updated_at": "2024-01-15T10:30:00Z",
    ]

    static let plainExample = example.adding("year", nil).adding("colour", nil).adding("vehicle_type", nil)
        .adding("fuel_type", nil).adding("mass_kg", nil)
}
