public import BSON

/// Named schemas that are read off examples, so that one kind of thing has one name and one shape wherever it occurs.
///
/// An answer is documented by showing it. Where a part of it equals an example of the catalogue, its schema is a
/// reference to that name; everything else is written out. Adding a kind of thing is one entry.
public struct SchemaCatalog: Sendable {
    /// A name, and values that together show everything it can look like.
    public struct Entry: Sendable {
        public let name: String
        public let examples: [JSON]
        let members: [String: Schema]

        /// - Parameters:
        ///   - examples: A member that not all of them have is optional; one that is null in some may be null; one
        ///     that is whole in some and a fraction in others is a number.
        ///   - members: What no example can tell of a member, such as the words it is one of.
        public init(_ name: String, _ examples: JSON..., members: [String: Schema] = [:]) {
            self.name = name
            self.examples = examples
            self.members = members
        }
    }

    public let entries: [Entry]
    private let names: [JSON: String]
    private let members: [String: Schema]

    /// - Parameters:
    ///   - entries, others: With different names; of an example that two entries share, the first is the owner.
    ///   - members: What a member of that name is wherever it occurs, unless an example of an entry stands there: for
    ///     numbers that examples show whole, and for what they show as null.
    public init(_ entries: [Entry], _ others: [Entry] = [], members: [String: Schema] = [:]) {
        let entries = entries + others
        self.entries = entries
        self.members = members
        names = Dictionary(entries.flatMap { entry in entry.examples.map { ($0, entry.name) } }) { first, _ in first }
    }

    /// The schema of whatever looks like `example`. A null stands for anything.
    public func schema(of example: JSON) -> Schema {
        shape([example])
    }

    /// Every entry under its name, for the components of the document.
    public var schemas: [(name: String, schema: Schema)] {
        entries.map { entry in
            let shape = merged(entry.examples)
            let json = JSON.object((shape.json.object ?? []).map { overridden($0, by: entry.members) })
            return (entry.name, Schema(json.adding("examples", .array(entry.examples))))
        }
    }

    private func overridden(_ part: JSON.Member, by members: [String: Schema]) -> JSON.Member {
        guard part.name == "properties", let properties = part.value.object else { return part }
        return JSON.Member(
            part.name, .object(properties.map { JSON.Member($0.name, members[$0.name]?.json ?? $0.value) }))
    }

    private func shape(_ values: [JSON], of member: String = "") -> Schema {
        let present = values.filter { !$0.isNull }
        let schema = reference(to: present) ?? members[member]
        guard !present.isEmpty else { return schema?.nullable ?? .any }
        let shape = schema ?? merged(present)
        return present.count < values.count ? shape.nullable : shape
    }

    private func reference(to values: [JSON]) -> Schema? {
        let owners = Set(values.map { names[$0] })
        guard owners.count == 1, let owner = owners.first, let name = owner else { return nil }
        return .reference(name)
    }

    private func merged(_ values: [JSON]) -> Schema {
        let objects = values.compactMap(\.object)
        if objects.count == values.count { return object(objects) }
        let arrays = values.compactMap(\.array)
        if arrays.count == values.count { return .array(of: shape(arrays.flatMap(\.self))) }
        return Self.scalar(values)
    }

    private func object(_ objects: [[JSON.Member]]) -> Schema {
        var order: [String] = []
        var values: [String: [JSON]] = [:]
        for member in objects.joined() {
            if values[member.name] == nil { order.append(member.name) }
            values[member.name, default: []].append(member.value)
        }
        let properties = order.map { JSON.Member($0, shape(values[$0] ?? [], of: $0).json) }
        let required = order.filter { values[$0]?.count == objects.count }
        let json: JSON = ["type": "object", "properties": .object(properties)]
        return Schema(required.isEmpty ? json : json.adding("required", JSON(required)))
    }

    /// What all the values are; anything, when they have nothing in common.
    private static func scalar(_ values: [JSON]) -> Schema {
        let kinds = Set(values.map(kind))
        if kinds.count == 1, let kind = kinds.first { return kind }
        if kinds == [.integer, .number] { return .number }
        return kinds == [.string, .dateTime] ? .string : .any
    }

    private static func kind(_ value: JSON) -> Schema {
        switch value {
        case .bool: .boolean
        case .int: .integer
        case .double, .decimal: .number
        case .string(let text): text.hasSuffix("Z") && ISO8601.parse(text) != nil ? .dateTime : .string
        case .null, .array, .object, .encoded: .any
        }
    }
}
