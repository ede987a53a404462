public import BSON
public import FoundationEssentials
import RoadsideRules

/// A vehicle that a customer has told of, to be named when he asks for help: a document of `vehicles`.
public struct Vehicle: Sendable, Hashable {
    public let id: ObjectID
    /// In capitals, without spaces.
    public var licensePlate: String
    public var make: String
    public var model: String
    public var year: Int?
    /// In its owner's words.
    public var colour: String?
    /// Code of a kind of vehicle.
    public var type: String?
    /// Code of a fuel.
    public var fuel: String?
    public var massKg: Int64?
    public let createdAt: Date
    public var updatedAt: Date

    /// What a job keeps of it.
    public var facts: VehicleFacts {
        VehicleFacts(make: make, model: model, year: year, licensePlate: licensePlate)
    }
}

extension Vehicle {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"), let createdAt: Date = document.get("created_at")
        else { return nil }
        self.init(
            id: id, licensePlate: document.get("license_plate") ?? "", make: document.get("make") ?? "",
            model: document.get("model") ?? "", year: document.get("year"), colour: document.get("colour"),
            type: document.get("type"), fuel: document.get("fuel"), massKg: document.get("mass_kg"),
            createdAt: createdAt, updatedAt: document.get("updated_at") ?? createdAt)
    }

    /// What its owner has told; what he has not is null, so that it takes the place of what he told before.
    var told: Document {
        [
            "license_plate": .string(licensePlate), "make": .string(make), "model": .string(model),
            "year": year.map { .int32(Int32(clamping: $0)) } ?? .null, "colour": colour.map(BSONValue.string) ?? .null,
            "type": type.map(BSONValue.string) ?? .null, "fuel": fuel.map(BSONValue.string) ?? .null,
            "mass_kg": massKg.map(BSONValue.int64) ?? .null, "updated_at": .date(updatedAt),
        ]
    }
}

/// What is told of a vehicle, not yet checked.
public struct VehicleDraft: Sendable {
    public var licensePlate: String
    public var make: String
    public var model: String
    public var year: Int?
    public var colour: String?
    /// In any spelling of case, spaces and hyphens, as the fuel.
    public var type: String?
    public var fuel: String?
    public var massKg: Int64?

    public init(
        licensePlate: String, make: String, model: String, year: Int? = nil, colour: String? = nil,
        type: String? = nil, fuel: String? = nil, massKg: Int64? = nil
    ) {
        self.licensePlate = licensePlate
        self.make = make
        self.model = model
        self.year = year
        self.colour = colour
        self.type = type
        self.fuel = fuel
        self.massKg = massKg
    }

    /// - Throws: `VALIDATION_ERROR` with every issue.
    func checked(_ id: ObjectID, by reference: ReferenceData, at now: Date) throws(RoadsideError) -> Vehicle {
        var issues: [FieldIssue] = []
        func report(_ name: String, _ message: String) { issues.append(FieldIssue(name: name, message: message)) }
        func word(_ text: String, _ name: String) -> String {
            let word = ContactRules.displayName(text) ?? ""
            if word.isEmpty || word.unicodeScalars.count > Self.wordLimit {
                report(name, "Write 1 to \(Self.wordLimit) visible characters.")
            }
            return word
        }
        let plate = PlateRules.plate(licensePlate)
        if plate == nil { report("license_plate", "Give 2 to 12 letters and digits.") }
        let (make, model) = (word(make, "make"), word(model, "model"))
        if let year, !Self.years.contains(year) { report("year", "This is not a year of a car.") }
        let colour = colour.map { word($0, "colour") }
        let kind = type.flatMap(reference.vehicleType)
        if type != nil, kind == nil {
            report("vehicle_type", "Must be one of \(reference.vehicleTypes.map(\.code).joined(separator: ", ")).")
        }
        let known = fuel.flatMap(reference.fuel)
        if fuel != nil, known == nil {
            report("fuel_type", "Must be one of \(reference.fuels.map(\.code).joined(separator: ", ")).")
        }
        if let massKg, !Self.masses.contains(massKg) { report("mass_kg", "Between 1 and 100000 kilograms.") }
        guard issues.isEmpty, let plate else { throw .validation(issues) }
        return Vehicle(
            id: id, licensePlate: plate, make: make, model: model, year: year, colour: colour, type: kind?.code,
            fuel: known?.code, massKg: massKg, createdAt: now, updatedAt: now)
    }

    private static let wordLimit = 60
    /// Of cars: the first one was of 1886; the end is ours.
    public static let years = 1886...2200
    private static let masses: ClosedRange<Int64> = 1...100_000
}
