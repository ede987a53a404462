public import BSON
public import FoundationEssentials
public import Roadside
public import RoadsideRules

/// Reads typed members out of a JSON object and collects every issue on the way, so that a client hears all of them
/// at once.
///
/// A required read of a missing or wrong member notes an issue and returns a placeholder; nothing read may be used
/// before ``finish()`` has passed. Unknown members are ignored, `null` counts as absent (README decision 24).
public struct Fields: Sendable {
    private let members: [String: JSON]
    private let path: String
    public private(set) var issues: [FieldIssue] = []

    /// - Parameter path: the name of the enclosing member, put before the names in issues (`location.latitude`).
    public init(_ json: JSON, path: String = "") {
        self.path = path
        guard let object = json.object else {
            members = [:]
            issues = [FieldIssue(name: path.isEmpty ? "body" : path, message: "must be an object")]
            return
        }
        members = Dictionary(object.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
    }

    /// Throws `VALIDATION_ERROR` with all issues, in the order they were met; does nothing when there are none.
    public func finish() throws(RoadsideError) {
        guard issues.isEmpty else { throw RoadsideError.validation(issues) }
    }

    /// Notes an issue of the caller's own (a word the dialect does not know, two members that exclude each other).
    public mutating func issue(_ name: String, _ message: String) {
        issues.append(FieldIssue(name: path.isEmpty ? name : "\(path).\(name)", message: message))
    }

    /// Whether the member is there, with whatever value: where `null` says something that silence does not.
    public func mentions(_ name: String) -> Bool { members[name] != nil }

    /// Whether the member is there with a value other than `null`.
    public func has(_ name: String) -> Bool {
        value([name]) != nil
    }

    private func value(_ names: [String]) -> JSON? {
        for name in names {
            if let found = members[name], found != .null { return found }
        }
        return nil
    }

    /// The one shape of every read: absent → `missing`, of the wrong kind → `kind` is demanded, else what `read`
    /// returns.
    private mutating func read<T>(
        _ names: [String], required: Bool, kind: String, _ convert: (JSON) -> T?
    ) -> T? {
        guard let found = value(names) else {
            if required { issue(names[0], "is required") }
            return nil
        }
        guard let converted = convert(found) else {
            issue(names[0], "must be \(kind)")
            return nil
        }
        return converted
    }
}

// MARK: - Text

extension Fields {
    /// A human's text, trimmed: not blank, at most `max` code points, no control characters but line breaks and tabs.
    public mutating func text(_ names: String..., max: Int = 200) -> String {
        text(names, max: max, required: true) ?? ""
    }

    /// As ``text(_:max:)``, nil when absent; a blank text counts as absent.
    public mutating func optionalText(_ names: String..., max: Int = 200) -> String? {
        text(names, max: max, required: false)
    }

    /// An ISO 8601 date and time; nil when absent. A blank one counts as absent: forms send it for a field that nobody
    /// filled in.
    public mutating func optionalTime(_ name: String) -> Date? {
        guard let text = optionalText(name, max: 40) else { return nil }
        guard let date = ISO8601.parse(text) else {
            issue(name, "must be an ISO 8601 date and time with its zone")
            return nil
        }
        return date
    }

    /// A password, token or code, untouched: surrounding spaces belong to it.
    public mutating func secret(_ names: String..., max: Int = 1024) -> String {
        let found = read(names, required: true, kind: "a string") { $0.string }
        return check(found, names[0], max: max) ?? ""
    }

    /// As ``secret(_:max:)``, nil when absent.
    public mutating func optionalSecret(_ names: String..., max: Int = 1024) -> String? {
        let found = read(names, required: false, kind: "a string") { $0.string }
        return check(found, names[0], max: max)
    }

    /// A list of short texts; nil when absent.
    public mutating func optionalTexts(_ name: String, max: Int = 60, count: Int = 30) -> [String]? {
        guard let items = read([name], required: false, kind: "an array of strings", { $0.array }) else { return nil }
        guard items.count <= count else {
            issue(name, "must have at most \(count) entries")
            return nil
        }
        var texts: [String] = []
        for (index, item) in items.enumerated() {
            guard let string = item.string else {
                issue("\(name)[\(index)]", "must be a string")
                continue
            }
            guard let text = check(string, "\(name)[\(index)]", max: max) else { continue }
            let trimmed = Self.trimmed(text)
            if trimmed.isEmpty {
                issue("\(name)[\(index)]", "must not be blank")
            } else {
                texts.append(trimmed)
            }
        }
        return texts
    }

    /// A list of whole numbers, each within `range`; nil only together with an issue.
    public mutating func ints(_ name: String, in range: ClosedRange<Int>, count: Int = 30) -> [Int]? {
        guard let items = read([name], required: true, kind: "an array of whole numbers", { $0.array }) else {
            return nil
        }
        let numbers = items.prefix(count + 1).compactMap(Self.wholeNumber).filter(range.contains)
        guard numbers.count == items.count, numbers.count <= count else {
            issue(name, "must have at most \(count) entries, each from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return numbers
    }

    private mutating func text(_ names: [String], max: Int, required: Bool) -> String? {
        guard let found = read(names, required: required, kind: "a string", { $0.string }) else { return nil }
        // As it was sent, so that lengths are those of the documents.
        guard let text = check(found, names[0], max: max) else { return nil }
        let trimmed = Self.trimmed(text)
        guard !trimmed.isEmpty else {
            if required { issue(names[0], "must not be blank") }
            return nil
        }
        return trimmed
    }

    private mutating func check(_ text: String?, _ name: String, max: Int) -> String? {
        guard let text else { return nil }
        guard text.unicodeScalars.count <= max else {
            issue(name, "must be at most \(max) characters")
            return nil
        }
        guard !text.unicodeScalars.contains(where: Self.isForbidden) else {
            issue(name, "must not contain control characters")
            return nil
        }
        return text
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: scalars[first...last])
        return String(kept).composed
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\n", "\r": false
        default: scalar.properties.generalCategory == .control
        }
    }
}

// MARK: - Numbers and flags

extension Fields {
    /// A finite number within `range`.
    public mutating func number(_ names: String..., in range: ClosedRange<Double> = Fields.anyNumber) -> Double {
        number(names, in: range, required: true) ?? 0
    }

    public mutating func optionalNumber(_ names: String..., in range: ClosedRange<Double> = Fields.anyNumber) -> Double?
    {
        number(names, in: range, required: false)
    }

    /// A whole number within `range`; `5.0` is one, `"5"` and `true` are not.
    public mutating func optionalInt(_ names: String..., in range: ClosedRange<Int> = Int.min...Int.max) -> Int? {
        guard let found = read(names, required: false, kind: "a whole number", Self.wholeNumber) else { return nil }
        guard range.contains(found) else {
            issue(names[0], "must be between \(range.lowerBound) and \(range.upperBound)")
            return nil
        }
        return found
    }

    /// A number with at most three decimals, as whole thousandths: `10.5` litres are 10,500 millilitres. Exact, for a
    /// text of so few decimals and the double it is read as name each other.
    public mutating func thousandths(_ names: String...) -> Int64 {
        read(names, required: true, kind: "a number with at most three decimals", Self.thousandths) ?? 0
    }

    private static func thousandths(_ json: JSON) -> Int64? {
        if case .int(let whole) = json {
            let (product, overflow) = whole.multipliedReportingOverflow(by: 1000)
            return overflow ? nil : product
        }
        guard let number = json.double, let whole = Int64(exactly: (number * 1000).rounded()),
            Double(whole) / 1000 == number
        else { return nil }
        return whole
    }

    public mutating func optionalBool(_ names: String...) -> Bool? {
        read(names, required: false, kind: "true or false") { $0.bool }
    }

    /// Every finite number: for values whose range is a rule, which the context knows and the reader does not.
    public static let anyNumber = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

    private mutating func number(_ names: [String], in range: ClosedRange<Double>, required: Bool) -> Double? {
        guard let found = read(names, required: required, kind: "a number", Self.finiteNumber) else { return nil }
        guard range.contains(found) else {
            issue(names[0], "must be between \(Self.plain(range.lowerBound)) and \(Self.plain(range.upperBound))")
            return nil
        }
        return found
    }

    private static func finiteNumber(_ json: JSON) -> Double? {
        json.double.flatMap { $0.isFinite ? $0 : nil }
    }

    private static func wholeNumber(_ json: JSON) -> Int? {
        json.int.flatMap { Int(exactly: $0) } ?? json.double.flatMap { Int(exactly: $0) }
    }

    /// `100` rather than `100.0` in a sentence.
    static func plain(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }
}

// MARK: - Shapes

extension Fields {
    /// How a client names a document (decision 9): its id or UUID as a string, or its number as a string or a number.
    public mutating func optionalReference(_ names: String...) -> Reference? {
        read(names, required: false, kind: "an id", Self.reference)
    }

    /// As ``optionalReference(_:)``; nil only together with an issue.
    public mutating func reference(_ names: String...) -> Reference? {
        read(names, required: true, kind: "an id", Self.reference)
    }

    private static func reference(_ json: JSON) -> Reference? {
        if let text = json.string { return Reference(text) }
        return wholeNumber(json).flatMap { $0 > 0 ? .number(Int64($0)) : nil }
    }

    /// A required object, read by `body`; its issues carry this member's name before theirs.
    public mutating func object<T>(_ name: String, _ body: (inout Fields) -> T) -> T? {
        object(name, required: true, body)
    }

    public mutating func optionalObject<T>(_ name: String, _ body: (inout Fields) -> T) -> T? {
        object(name, required: false, body)
    }

    /// The members of a required object, as they are: for what has names of its own.
    public mutating func members(_ name: String) -> [JSON.Member] {
        read([name], required: true, kind: "an object") { $0.object } ?? []
    }

    /// A required list of objects, each read by `body`; its issues carry the place before their names: `shifts[0].from`.
    public mutating func objects<T>(
        _ name: String, count: ClosedRange<Int> = 0...30, _ body: (inout Fields) -> T
    ) -> [T] {
        guard let items = read([name], required: true, kind: "an array of objects", { $0.array }) else { return [] }
        guard count.contains(items.count) else {
            issue(name, "must have from \(count.lowerBound) to \(count.upperBound) entries")
            return []
        }
        return items.enumerated().compactMap { index, item in
            let place = "\(name)[\(index)]"
            var inner = Fields(item, path: path.isEmpty ? place : "\(path).\(place)")
            defer { issues += inner.issues }
            return inner.issues.isEmpty ? body(&inner) : nil
        }
    }

    /// A position out of this object's own members, under any spelling a client family uses (K7); nil only together
    /// with an issue.
    public mutating func point() -> GeoPoint? {
        let before = issues.count
        let latitude = number("latitude", "lat", in: -90...90)
        let longitude = number("longitude", "lng", "lon", "long", in: -180...180)
        guard issues.count == before else { return nil }
        return GeoPoint(latitude: latitude, longitude: longitude)
    }

    private mutating func object<T>(_ name: String, required: Bool, _ body: (inout Fields) -> T) -> T? {
        guard let found = value([name]) else {
            if required { issue(name, "is required") }
            return nil
        }
        var inner = Fields(found, path: path.isEmpty ? name : "\(path).\(name)")
        // Not an object: one issue says so, its members need not be reported as missing too.
        guard inner.issues.isEmpty else {
            issues += inner.issues
            return nil
        }
        let result = body(&inner)
        issues += inner.issues
        return result
    }
}
