public import BSON

/// What is known of a customer's vehicle.
public struct VehicleFacts: Sendable, Hashable {
    public var make: String
    public var model: String
    public var year: Int?
    public var licensePlate: String

    public init(make: String, model: String, year: Int? = nil, licensePlate: String) {
        self.make = make
        self.model = model
        self.year = year
        self.licensePlate = licensePlate
    }
}

extension VehicleFacts {
    public init?(_ document: Document?) {
        guard let document else { return nil }
        self.init(
            make: document.get("make") ?? "", model: document.get("model") ?? "", year: document.get("year"),
            licensePlate: document.get("license_plate") ?? "")
    }

    public var document: Document {
        var document: Document = ["make": .string(make), "model": .string(model)]
        document.append("year", ifPresent: year)
        document.append("license_plate", .string(licensePlate))
        return document
    }
}
