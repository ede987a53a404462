import BSON
import Roadside

/// Rows that are being written: one, and those of other tables that complete it.
struct RowDraft {
    private var own: JSON = [:]
    private var others: [(table: String, row: JSON)] = []

    /// Under the first name of the field; what is null is left out.
    mutating func set(_ field: Field, _ value: JSON) {
        guard let name = field.names.first, !value.isNull else { return }
        guard let table = name.table else { return Self.put(value, at: name.path[...], in: &own) }
        let index = others.firstIndex { $0.table == table } ?? others.endIndex
        if index == others.endIndex { others.append((table, [:])) }
        Self.put(value, at: name.path[...], in: &others[index].row)
    }

    mutating func set(_ map: VehicleMap, _ facts: VehicleFacts) {
        set(map.make, .string(facts.make))
        set(map.model, .string(facts.model))
        set(map.year, JSON(facts.year))
        set(map.plate, .string(facts.licensePlate))
    }

    /// A name in one field, or its first word and the rest in two.
    mutating func set(names fields: [Field], _ name: String) {
        guard fields.count > 1 else { return fields.forEach { set($0, .string(name)) } }
        let words = name.split(separator: " ", maxSplits: 1).map(String.init)
        for (field, word) in zip(fields, words) { set(field, .string(word)) }
    }

    func rows(_ table: String) -> [(table: String, row: JSON)] { [(table, own)] + others }

    private static func put(_ value: JSON, at path: ArraySlice<String>, in row: inout JSON) {
        guard let first = path.first else { return }
        guard path.count > 1 else { return row.add(first, value) }
        var inner = row[first] ?? [:]
        put(value, at: path.dropFirst(), in: &inner)
        row.add(first, inner)
    }
}
