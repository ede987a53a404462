/// Where a value stands in the rows of an old system: its names there, the first of which an export writes.
///
/// `phone_number|phone` are two names; `location.latitude` looks into an object, or is a column of that name; `vetting:rate`
/// stands in the row of the table `vetting` that completes this one.
struct Field: Sendable, Hashable, ExpressibleByStringLiteral {
    struct Name: Sendable, Hashable {
        /// nil: the row itself.
        let table: String?
        let text: String
        /// The text at its points.
        let path: [String]
    }

    let names: [Name]

    init(stringLiteral value: String) {
        names = value.split(separator: "|").map { name in
            let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
            let text = parts.last ?? ""
            return Name(
                table: parts.count == 2 ? parts[0] : nil, text: text,
                path: text.split(separator: ".").map(String.init))
        }
    }

    /// How messages call it.
    var title: String { names.first?.text ?? "" }
}

extension Field {
    init(_ text: String) { self.init(stringLiteral: text) }

    /// The same in the rows of that table.
    func of(_ table: String) -> Field { Field(names.map { "\(table):\($0.text)" }.joined(separator: "|")) }
}
