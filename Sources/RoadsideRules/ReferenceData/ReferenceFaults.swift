/// One thing that is wrong with a file of reference data: where, and what.
public struct ReferenceFault: Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// `service_types[2] (fuel_delivery)`; empty for the file itself.
    public let entry: String
    /// `tariff.call_out`; empty for the entry as a whole.
    public let member: String
    public let problem: String

    public init(file: String, entry: String = "", member: String = "", problem: String) {
        self.file = file
        self.entry = entry
        self.member = member
        self.problem = problem
    }

    public var description: String {
        let place = [entry, member].filter { !$0.isEmpty }.joined(separator: " ")
        return place.isEmpty ? "\(file) \(problem)" : "\(file): \(place) \(problem)"
    }
}

/// All faults at once, so that an operator mends them in one go.
public struct ReferenceFaults: Error, Sendable, Hashable, CustomStringConvertible {
    public let faults: [ReferenceFault]

    public init(_ faults: [ReferenceFault]) { self.faults = faults }

    public var description: String {
        "the reference data has \(faults.count) fault(s):\n" + faults.map { "  - \($0)" }.joined(separator: "\n")
    }
}
