/// The last net below everything that is logged: what looks like somebody's address, number or secret becomes `***`.
///
/// It is no licence to log such things. It is there for the text of an error that nobody has foreseen.
public enum Redaction {
    /// The text with `***` for each word that is an e-mail address, a telephone number (a `+` and nine digits or more), a
    /// signed token (three parts that begin with `eyJ`), or a run of forty characters of base64url.
    public static func applied(to text: String) -> String {
        // Nearly every text is shorter than a secret and has no sign of an address.
        guard text.utf8.count >= secretLength || text.utf8.contains(where: { $0 == at || $0 == plus }) else {
            return text
        }
        var (kept, word) = ([UInt8](), [UInt8]())
        kept.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if isPartOfWord(byte) {
                word.append(byte)
            } else {
                kept += shown(word)
                word.removeAll(keepingCapacity: true)
                kept.append(byte)
            }
        }
        kept += shown(word)
        return String(decoding: kept, as: UTF8.self)
    }

    private static func shown(_ word: [UInt8]) -> [UInt8] {
        isSecret(word) ? [UInt8](repeating: UInt8(ascii: "*"), count: 3) : word
    }

    private static func isSecret(_ word: [UInt8]) -> Bool {
        if let place = word.firstIndex(of: at) { return place > 0 && place < word.count - 1 }
        if let place = word.firstIndex(of: plus), word[(place + 1)...].prefix(while: isDigit).count >= 9 { return true }
        if word.starts(with: "eyJ".utf8), word.contains(dot) { return true }
        return word.split(separator: dot).contains { part in
            part.count >= secretLength && part.contains(where: { !isHexadecimal($0) })
        }
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), plus, at,
            UInt8(ascii: "%"), 0x80...:
            true
        default: false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte) || byte == UInt8(ascii: "-")
    }

    /// As many characters as no id of ours has.
    private static let secretLength = 40
    private static let at = UInt8(ascii: "@")
    private static let plus = UInt8(ascii: "+")
    private static let dot = UInt8(ascii: ".")
}
