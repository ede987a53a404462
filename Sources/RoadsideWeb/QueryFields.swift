import Blueprint
public import Hummingbird
public import Roadside
public import RoadsideRules

/// Reads typed parameters out of a query string and collects every issue, as ``Fields`` does for bodies.
public struct QueryFields: Sendable {
    private let query: Query?
    public private(set) var issues: [FieldIssue] = []

    /// A query that cannot be decoded at all is one issue, and every parameter of it is absent.
    public init(_ request: Request) {
        self.init(text: request.uri.query ?? "")
    }

    init(text: String) {
        do {
            query = try Query(text)
        } catch {
            query = nil
            issues = [FieldIssue(name: "query", message: Self.complaint(error))]
        }
    }

    /// Throws `VALIDATION_ERROR` with all issues; does nothing when there are none.
    public func finish() throws(RoadsideError) {
        guard issues.isEmpty else { throw RoadsideError.validation(issues) }
    }

    public mutating func issue(_ name: String, _ message: String) {
        issues.append(FieldIssue(name: name, message: message))
    }

    /// The parameter's text; nil when absent or empty.
    public mutating func optionalText(_ name: String, max: Int = 200) -> String? {
        guard let text = value([name]) else { return nil }
        guard text.unicodeScalars.count <= max,
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            issue(name, "must be at most \(max) characters without control characters")
            return nil
        }
        return text
    }

    public mutating func optionalInt(_ name: String, in range: ClosedRange<Int>) -> Int? {
        guard let text = value([name]) else { return nil }
        guard let number = Int(text) else {
            issue(name, "must be a whole number")
            return nil
        }
        guard range.contains(number) else {
            issue(name, "must be between \(range.lowerBound) and \(range.upperBound)")
            return nil
        }
        return number
    }

    public mutating func optionalNumber(_ names: String..., in range: ClosedRange<Double>) -> Double? {
        number(names, in: range, required: false)
    }

    /// The position a search starts from, under any spelling (K7); nil only together with an issue.
    public mutating func point() -> GeoPoint? {
        let latitude = number(Self.latitude, in: -90...90, required: true)
        let longitude = number(Self.longitude, in: -180...180, required: true)
        guard let latitude, let longitude else { return nil }
        return GeoPoint(latitude: latitude, longitude: longitude)
    }

    /// The same where it may be left out; half a position is an issue.
    public mutating func optionalPoint() -> GeoPoint? {
        value(Self.latitude) ?? value(Self.longitude) == nil ? nil : point()
    }

    private static let latitude = ["latitude", "lat"]
    private static let longitude = ["longitude", "lng", "lon", "long"]

    private mutating func number(_ names: [String], in range: ClosedRange<Double>, required: Bool) -> Double? {
        guard let text = value(names) else {
            if required, query != nil { issue(names[0], "is required") }
            return nil
        }
        guard let number = Self.decimal(text) else {
            issue(names[0], "must be a number")
            return nil
        }
        guard range.contains(number) else {
            issue(names[0], "must be between \(Fields.plain(range.lowerBound)) and \(Fields.plain(range.upperBound))")
            return nil
        }
        return number
    }

    /// The first of `names` that is there and not empty.
    private func value(_ names: [String]) -> String? {
        for name in names {
            if let text = query?[name], !text.isEmpty { return text }
        }
        return nil
    }

    /// A finite decimal number. `Double(_:)` alone would also take `nan`, `inf` and hexadecimal floats.
    private static func decimal(_ text: String) -> Double? {
        let isPlain = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        guard isPlain, let number = Double(text), number.isFinite else { return nil }
        return number
    }

    private static func complaint(_ error: QueryError) -> String {
        switch error {
        case .tooLong: "is too long"
        case .tooManyParameters: "has too many parameters"
        case .malformed: "is not valid percent-encoded UTF-8"
        }
    }
}
