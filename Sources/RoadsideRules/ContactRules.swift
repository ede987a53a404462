/// Checks and shapes of contact data: e-mail, display name, and how both are shown to strangers.
public enum ContactRules {
    /// Lower-cased, or `nil` when this is not the shape of an address: `dot.atoms@host.tld` in ASCII, at most 64 + 255
    /// characters, 254 in all (RFC 5321). Quoted local parts and bare addresses of hosts are refused.
    public static func email(_ text: String) -> String? {
        let address = trimmed(text).lowercased()
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard address.utf8.count <= 254, parts.count == 2 else { return nil }

        let atoms = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard parts[0].utf8.count <= 64, atoms.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isAtomCharacter) }) else {
            return nil
        }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy(isHostLabel), let top = labels.last, top.utf8.count >= 2,
            !top.utf8.contains(where: isDigit) || top.hasPrefix("xn--")
        else { return nil }
        return address
    }

    /// A name to show: trimmed, inner white space made single spaces, 1 … 100 code points. `nil` when nothing is left,
    /// or when it holds control characters or the invisible ones that turn text round or hide in it.
    public static func displayName(_ text: String) -> String? {
        let name = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard (1...100).contains(name.unicodeScalars.count), !name.unicodeScalars.contains(where: isTreacherous) else {
            return nil
        }
        return name
    }

    /// `j•••@e•••`: the first letter of either side (contracts K37).
    public static func masked(email: String) -> String {
        let parts = email.split(separator: "@", maxSplits: 1)
        guard parts.count == 2 else { return mask }
        return "\(parts[0].prefix(1))\(mask)@\(parts[1].prefix(1))\(mask)"
    }

    static let mask = "•••"

    static func trimmed(_ text: String) -> String {
        var rest = Substring(text)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

    private static func isAtomCharacter(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isHostLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x2D }
    }

    /// Controls, and format characters except the two joiners that some scripts spell with.
    static func isTreacherous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: true
        case .format: scalar.value != 0x200C && scalar.value != 0x200D
        default: false
        }
    }
}
