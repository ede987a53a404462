import BSON
import Foundation
import RoadsideRules

/// A row with those that complete it, read by fields. An absent value, a null and an empty text are the same.
struct Rows {
    let base: Row
    private(set) var details: [String: Row] = [:]

    init(_ base: Row) { self.base = base }

    mutating func add(_ row: Row, of table: String) { details[table] = row }

    func has(_ table: String) -> Bool { details[table] != nil }

    /// The first of the field's names that has a value.
    func value(_ field: Field) -> JSON? {
        for name in field.names {
            guard let row = name.table.map({ details[$0] }) ?? base else { continue }
            if let value = Self.find(name, in: row.values), !value.isNull, value != .string("") { return value }
        }
        return nil
    }

    /// - Throws: ``RowFault`` for what is no text and no number.
    func text(_ field: Field) throws -> String? {
        switch value(field) {
        case nil: return nil
        case .string(let text)?:
            let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
            return trimmed.isEmpty ? nil : trimmed
        case .int(let number)?: return String(number)
        case .double(let number)?: return Int64(exactly: number).map(String.init) ?? "\(number)"
        default: throw RowFault(field, "this is not a text")
        }
    }

    /// An id that must be there, as the old system writes it.
    func key(_ field: Field) throws -> String {
        guard let key = try text(field) else { throw RowFault(field, "this is missing") }
        guard key.utf8.count <= 128 else { throw RowFault(field, "this is too long for an id") }
        // UUIDs and ObjectIds are written in either case.
        return key.lowercased()
    }

    func number(_ field: Field) throws -> Double? {
        guard let value = value(field) else { return nil }
        let text = value.string?.trimmingCharacters(in: .whitespaces)
        guard let number = value.double ?? text.flatMap(Double.init), number.isFinite else {
            throw RowFault(field, "this is not a number")
        }
        return number
    }

    func whole(_ field: Field) throws -> Int? {
        guard let number = try number(field) else { return nil }
        guard let whole = Int(exactly: number) else { throw RowFault(field, "this is not a whole number") }
        return whole
    }

    /// `true`, `t`, `1`, `yes` and their opposites.
    func flag(_ field: Field) throws -> Bool? {
        guard let value = value(field) else { return nil }
        if let flag = value.bool { return flag }
        switch try text(field)?.lowercased() {
        case "true", "t", "1", "yes", "y": return true
        case "false", "f", "0", "no", "n": return false
        default: throw RowFault(field, "this is neither true nor false")
        }
    }

    /// A list, or a text with commas or semicolons, or with a list inside.
    func list(_ field: Field) throws -> [String]? {
        guard let value = value(field) else { return nil }
        if let array = value.array { return array.compactMap(\.string) }
        guard let text = try text(field) else { return nil }
        if text.hasPrefix("["), let array = try? JSON.parse(text).array { return array.compactMap(\.string) }
        return text.split { $0 == "," || $0 == ";" }.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// A point. A lone half, what is out of range, and 0/0, which is where a missing position is, are refused (K7).
    func point(_ latitude: Field, _ longitude: Field) throws -> GeoPoint? {
        guard let north = try number(latitude), let east = try number(longitude) else {
            let isHalf = try number(latitude) != nil || number(longitude) != nil
            if isHalf { throw RowFault(latitude, "there is one half of a position only") }
            return nil
        }
        if north == 0, east == 0 { throw RowFault(latitude, "0/0 is no position") }
        guard let point = GeoPoint(latitude: north, longitude: east) else {
            throw RowFault(latitude, "this position is out of range")
        }
        return point
    }

    private static func find(_ name: Field.Name, in values: JSON) -> JSON? {
        if let value = values[name.text] { return plain(value) }
        var value = values
        for part in name.path {
            // A cell of comma-separated text may hold an object.
            if let text = value.string, text.hasPrefix("{"), let inner = try? JSON.parse(text) { value = inner }
            guard let next = value[part] else { return nil }
            value = next
        }
        return plain(value)
    }

    /// The extended JSON of MongoDB's own tools says kinds by one-member objects.
    private static func plain(_ value: JSON) -> JSON {
        guard let members = value.object, members.count == 1, let only = members.first else { return value }
        switch only.name {
        case "$oid", "$numberDecimal", "$numberDouble": return only.value
        case "$numberInt", "$numberLong": return only.value.string.flatMap { Int64($0) }.map(JSON.int) ?? only.value
        case "$date":
            let inner = plain(only.value)
            guard let milliseconds = inner.int else { return inner }
            return .string(ISO8601.milliseconds(Date(timeIntervalSince1970: Double(milliseconds) / 1000)))
        default: return value
        }
    }
}
