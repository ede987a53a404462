/// Why an import or export cannot go on at all, in a sentence for the operator.
public struct ImportFault: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Why one row cannot be brought in; without its values, which may be personal data.
struct RowFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    init(_ field: Field, _ problem: String) { reason = "\(field.title): \(problem)" }
}
