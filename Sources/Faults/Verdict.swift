public import BSON

/// What came of one scenario, as a line of JSON.
public struct Verdict: Sendable {
    /// The number of the fault in the design.
    public let fault: String
    public let name: String
    private var figures: [(name: String, value: JSON)] = []
    private var broken: [String] = []
    private var error: String?

    init(_ fault: String, _ name: String) {
        (self.fault, self.name) = (fault, name)
    }

    /// Whether every promise was kept.
    public var isOK: Bool { broken.isEmpty && error == nil }

    public var json: JSON {
        var json: JSON = ["fault": .string(fault), "name": .string(name), "ok": .bool(isOK)]
        if !broken.isEmpty { json.add("broken", JSON(broken)) }
        if let error { json.add("error", .string(error)) }
        for figure in figures { json.add(figure.name, figure.value) }
        return json
    }

    /// A figure of which nothing is promised.
    mutating func note(_ name: String, _ value: JSON) { figures.append((name, value)) }
    mutating func note(_ name: String, _ value: Int) { note(name, .int(Int64(value))) }
    /// To a tenth; null for what never came.
    mutating func note(_ name: String, _ value: Double) {
        note(name, value.isFinite ? .double((value * 10).rounded() / 10) : .null)
    }

    /// A number that must be this one.
    mutating func expect(_ name: String, _ value: Int, is wanted: Int) {
        note(name, value)
        if value != wanted { broken.append(name) }
    }

    /// A number that must not be above this one.
    mutating func expect(_ name: String, _ value: Double, atMost bound: Double) {
        note(name, value)
        if !(value.isFinite && value <= bound) { broken.append(name) }
    }

    /// A ratio, shown to a hundredth, that must not be above this one.
    mutating func expect(_ name: String, ratio: Double, atMost bound: Double) {
        note(name, .double((ratio * 100).rounded() / 100))
        if !(ratio <= bound) { broken.append(name) }
    }

    mutating func expect(_ name: String, _ isSo: Bool) {
        note(name, .bool(isSo))
        if !isSo { broken.append(name) }
    }

    /// It could not be played to its end.
    mutating func fail(_ error: any Error) { self.error = "\(error)" }
}
