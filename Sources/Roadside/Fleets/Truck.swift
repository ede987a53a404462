public import BSON
public import RoadsideRules

/// A truck of a fleet: a document of `vehicles`, and what the profile of whoever is in it repeats of that, so that a
/// search need not join.
public struct Truck: Sendable, Hashable {
    public let id: ObjectID
    /// In capitals, without spaces.
    public var licensePlate: String
    /// In its owner's words: `flatbed`.
    public var type: String
    /// Code of a class of tow trucks; nil for one that tows nothing.
    public var towClass: String?
    public var capacityKg: Int64?
    /// Codes of what is in it.
    public var equipment: [String]

    /// What the rules ask about it.
    public var facts: TruckFacts {
        TruckFacts(towClass: towClass, capacityKg: capacityKg, equipment: Set(equipment))
    }
}

extension Truck {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id") else { return nil }
        self.init(
            id: id, licensePlate: document.get("license_plate") ?? "", type: document.get("type") ?? "",
            towClass: document.get("tow_class"), capacityKg: document.get("capacity_kg"),
            equipment: document.get("equipment") ?? [])
    }

    /// Of a profile: its id and what the rules and the crew want to know of it.
    var document: Document {
        var document: Document = [
            "_id": .id(id), "license_plate": .string(licensePlate), "type": .string(type),
            "equipment": .array(equipment.map(BSONValue.string)),
        ]
        document.append("tow_class", ifPresent: towClass)
        document.append("capacity_kg", ifPresent: capacityKg)
        return document
    }
}

/// What is told of a truck, not yet checked.
public struct TruckDraft: Sendable {
    public var licensePlate: String
    public var type: String
    public var towClass: String?
    public var capacityKg: Int64?
    public var equipment: [String]

    public init(
        licensePlate: String, type: String, towClass: String? = nil, capacityKg: Int64? = nil, equipment: [String] = []
    ) {
        self.licensePlate = licensePlate
        self.type = type
        self.towClass = towClass
        self.capacityKg = capacityKg
        self.equipment = equipment
    }

    /// - Throws: `VALIDATION_ERROR` with every issue.
    func checked(_ id: ObjectID, by reference: ReferenceData) throws(RoadsideError) -> Truck {
        var issues: [FieldIssue] = []
        let plate = PlateRules.plate(licensePlate)
        if plate == nil {
            issues.append(FieldIssue(name: "license_plate", message: "Give 2 to 12 letters and digits."))
        }
        let type = ContactRules.displayName(type) ?? ""
        if type.isEmpty || type.unicodeScalars.count > 60 {
            issues.append(FieldIssue(name: "type", message: "Write 1 to 60 visible characters."))
        }
        let known = towClass.flatMap(reference.towClass)
        if towClass != nil, known == nil {
            let codes = reference.towClasses.map(\.code).joined(separator: ", ")
            issues.append(FieldIssue(name: "tow_class", message: "Must be one of \(codes)."))
        }
        if let capacityKg, !(1...100_000).contains(capacityKg) {
            issues.append(FieldIssue(name: "capacity_kg", message: "Between 1 and 100000 kilograms."))
        }
        let (tools, unknown) = reference.knownEquipment(equipment)
        if let unknown { issues.append(unknown) }
        guard issues.isEmpty, let plate else { throw .validation(issues) }
        return Truck(
            id: id, licensePlate: plate, type: type, towClass: known?.code, capacityKg: capacityKg, equipment: tools)
    }
}
