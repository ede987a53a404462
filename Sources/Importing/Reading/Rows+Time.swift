import BSON
import FoundationEssentials
import RoadsideRules

extension Rows {
    /// A moment. Without an offset it is UTC, as the old servers' clocks were; a date alone is its midnight.
    func date(_ field: Field) throws -> Date? {
        guard let text = try text(field) else { return nil }
        for ending in ["", "Z", ":00", "T00:00:00Z"] {
            if let date = ISO8601.parse(text + ending) { return date }
        }
        throw RowFault(field, "this is not a moment like 2024-01-15T10:30:00Z")
    }

    /// The last day of a licence, `2027-03-31`, from any of the spellings of K19.
    func day(_ field: Field) throws -> String? {
        guard let text = try text(field) else { return nil }
        let parts = text.prefix(10).split { $0 == ":" || $0 == "/" || $0 == "-" }.map(String.init)
        let numbers = parts.compactMap(Int.init)
        guard numbers.count == 3, parts.count == 3 else { throw RowFault(field, "this is not a day") }
        let (year, month, day) =
            parts[0].count == 4
            ? (numbers[0], numbers[1], numbers[2])
            : (parts[2].count == 2 ? 2000 + numbers[2] : numbers[2], numbers[1], numbers[0])
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let written = "\(year)-\(two(month))-\(two(day))"
        guard MarketCalendar.kenya.end(ofDay: written) != nil else { throw RowFault(field, "this is not a day") }
        return written
    }

    /// An exact amount (K25): `1500`, `1500.5`, `"1500.00"`; no fraction of the smallest coin, and not below zero.
    func money(_ field: Field, currency code: Field) throws -> Money? {
        guard let value = value(field), let text = try text(field) else { return nil }
        guard let currency = Currency(code: try self.text(code)?.uppercased() ?? Currency.kes.code) else {
            throw RowFault(code, "this is not a currency")
        }
        var parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1 { parts.append("") }
        while parts[1].count > currency.scale, parts[1].last == "0" { parts[1].removeLast() }
        let padding = String(repeating: "0", count: max(currency.scale - parts[1].count, 0))
        let isText = value.string != nil || value.double != nil
        guard isText, parts.count == 2, let money = Money(amount: "\(parts[0]).\(parts[1])\(padding)", currency) else {
            throw RowFault(field, "this is not an amount of money")
        }
        return money
    }
}
