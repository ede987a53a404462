/// What stands on a vehicle's plate, in one spelling.
public enum PlateRules {
    /// In capitals and without spaces; `nil` unless 2 to 12 letters, digits and hyphens of ASCII are left. Ours.
    public static func plate(_ text: String) -> String? {
        let plate = text.filter { !$0.isWhitespace }.uppercased()
        let isPlain = plate.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        return (2...12).contains(plate.count) && isPlain ? plate : nil
    }
}
