import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: the vehicles of drivers.
struct VehicleRoutes: Sendable {
    let vehicles: Vehicles

    var blueprint: Blueprint<WebContext> {
        var routes = Blueprint<WebContext>("vehicles", prefix: "/vehicles")
        routes.get("", name: "list", Self.list, handler: list)
        routes.post("", name: "add", Self.add, handler: add)
        routes.get("/<id>", name: "vehicle", Self.vehicle, handler: vehicle)
        routes.put("/<id>", name: "change", Self.change, handler: change)
        routes.delete("/<id>", name: "remove", Self.remove, handler: remove)
        return routes
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let found = try await vehicles.list(of: context.requireCaller())
        return Envelope.success(
            "Vehicles retrieved.",
            ["vehicles": .array(found.map(VehicleView.json)), "count": .int(Int64(found.count))])
    }

    @Sendable private func add(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try VehicleBody(try await RequestJSON.fields(request))
        let vehicle = try await vehicles.add(body.draft, by: context.requireCaller())
        return Envelope.created(
            "Vehicle added.", ["vehicle": VehicleView.json(vehicle)],
            at: try context.routing.url(for: ".vehicle", ["id": vehicle.id]))
    }

    @Sendable private func vehicle(_ request: Request, _ context: WebContext) async throws -> Response {
        let vehicle = try await vehicles.vehicle(context.reference(to: "Vehicle"), of: context.requireCaller())
        return Envelope.success("Vehicle retrieved.", ["vehicle": VehicleView.json(vehicle)])
    }

    @Sendable private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Vehicle")
        let body = try VehicleBody(try await RequestJSON.fields(request))
        let vehicle = try await vehicles.change(reference, to: body.draft, by: context.requireCaller())
        return Envelope.success("Vehicle updated.", ["vehicle": VehicleView.json(vehicle)])
    }

    @Sendable private func remove(_ request: Request, _ context: WebContext) async throws -> Response {
        try await vehicles.remove(context.reference(to: "Vehicle"), by: context.requireCaller())
        return Envelope.success("Vehicle removed.")
    }
}

// What the documents say.
extension VehicleRoutes {
    private static let tag = "Vehicles"
    private static let one: JSON = ["vehicle": VehicleView.example]

    /// In a request for help.
    static let name = Schema.reference.described("one of /api/vehicles, instead of `vehicle_info`")

    static let list = Operation.fixOnCall(
        tag, "One's own vehicles", for: .only([.customer]), message: "Vehicles retrieved.",
        data: ["vehicles": [VehicleView.example], "count": 1])

    static let add = Operation.fixOnCall(
        tag, "Add a vehicle", for: .only([.customer]), description: "At most \(Vehicles.most).", body: body,
        status: 201, message: "Vehicle added.", data: one, refusals: [409]
    ).leading(to: ".vehicle", ".change", ".remove", by: "vehicle")

    static let vehicle = Operation.fixOnCall(
        tag, "One vehicle", for: .only([.customer]), message: "Vehicle retrieved.", data: one, refusals: [404])

    static let change = Operation.fixOnCall(
        tag, "Replace what is known of a vehicle", for: .only([.customer]),
        description: "Services keep what was known when they were requested.", body: body, message: "Vehicle updated.",
        data: one, refusals: [404, 409])

    static let remove = Operation.fixOnCall(
        tag, "Remove a vehicle", for: .only([.customer]), message: "Vehicle removed.", data: [:], refusals: [404])

    private static let body = Operation.Content.json(
        .object(
            [
                "license_plate": .plate, "make": .text(max: 60), "model": .text(max: 60), "year": .modelYear,
                "colour": .optionalText(max: 60), "vehicle_type": .optionalText(max: 60),
                "fuel_type": .optionalText(max: 60),
                "mass_kg": TowingRoutes.mass,
            ], optional: ["year", "colour", "vehicle_type", "fuel_type", "mass_kg"]),
        example: [
            "license_plate": "KBC 123A", "make": "Toyota", "model": "Premio", "year": 2020, "colour": "Silver",
            "vehicle_type": "saloon", "fuel_type": "petrol", "mass_kg": 1250,
        ])
}
