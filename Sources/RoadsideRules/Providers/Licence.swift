public import FoundationEssentials

/// A provider's licence to drive, as he has told of it.
public struct Licence: Sendable, Hashable {
    /// `B`, `C1`; in capitals.
    public var classes: Set<String>
    public var number: String
    /// Its last day, `2027-03-31`.
    public var expiresOn: String
    /// The midnight that ends that day where he works.
    public var expiresAt: Date

    public init(classes: Set<String>, number: String, expiresOn: String, expiresAt: Date) {
        self.classes = Set(classes.map(Self.normalized))
        self.number = number
        self.expiresOn = expiresOn
        self.expiresAt = expiresAt
    }

    public func isExpired(at now: Date) -> Bool { now >= expiresAt }

    /// Its last three characters, which are enough to tell two papers apart and too few to pass for its owner.
    public static func masked(number: String) -> String { "•••\(number.suffix(number.count > 6 ? 3 : 0))" }

    /// ` c1` is `C1`.
    public static func normalized(_ text: String) -> String { text.filter { !$0.isWhitespace }.uppercased() }
}
