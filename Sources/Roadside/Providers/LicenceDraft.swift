import FoundationEssentials
import RoadsideRules

/// A licence to drive as its holder tells of it, not yet checked.
public struct LicenceDraft: Sendable, Hashable {
    public var classes: [String]
    public var number: String
    /// Its last day, `2027-03-31`, by the clocks of the zone he is in.
    public var expiresOn: String

    public init(classes: [String], number: String, expiresOn: String) {
        self.classes = classes
        self.number = number
        self.expiresOn = expiresOn
    }
}

extension LicenceDraft {
    /// The licence, or everything that is wrong with it.
    ///
    /// - Parameter prefix: put before the names of fields.
    func checked(by calendar: MarketCalendar, prefix: String = "") -> (licence: Licence?, issues: [FieldIssue]) {
        var issues: [FieldIssue] = []
        func note(_ name: String, _ message: String) {
            issues.append(FieldIssue(name: prefix + name, message: message))
        }
        let named = classes.count
        let classes = Set(classes.map(Licence.normalized))
        let isPlain = classes.allSatisfy { (1...4).contains($0.utf8.count) && $0.allSatisfy(\.isASCIIWord) }
        if classes.isEmpty || named > 12 || !isPlain {
            note("classes", "Name 1 to 12 classes, such as B or C1.")
        }
        let number = Licence.normalized(number)
        if !(4...32).contains(number.unicodeScalars.count) { note("number", "Give its number, 4 to 32 characters.") }
        let expiresAt = calendar.end(ofDay: expiresOn)
        if expiresAt == nil { note("expires_on", "Give its last day, such as 2027-03-31.") }
        guard let expiresAt, issues.isEmpty else { return (nil, issues) }
        return (Licence(classes: classes, number: number, expiresOn: expiresOn, expiresAt: expiresAt), [])
    }
}
