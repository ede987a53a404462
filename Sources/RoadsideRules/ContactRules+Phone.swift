extension ContactRules {
    /// A phone number in E.164 (`+254712345678`), or `nil` (contracts K33).
    ///
    /// Spaces, dots, hyphens and round brackets are dropped and `00` is `+`. Numbers of Kenya, written `07…`, `01…`,
    /// `254…` or `+254…`, must be mobile ones: 7 or 1 and eight digits more. Any other number must say its country
    /// with `+` and have 8 … 15 digits, the first not 0.
    /// - Parameter region: the market whose national form is understood; only `KE` has one so far.
    public static func phone(_ text: String, region: String = "KE") -> String? {
        var number = trimmed(text).filter { !" .-()\u{A0}".contains($0) }
        if number.hasPrefix("00") { number = "+" + number.dropFirst(2) }
        let hasPlus = number.hasPrefix("+")
        let digits = hasPlus ? number.dropFirst() : Substring(number)
        guard !digits.isEmpty, digits.utf8.allSatisfy(isDigit) else { return nil }

        if digits.hasPrefix("254"), hasPlus || region == "KE" { return kenyan(digits.dropFirst(3)) }
        if hasPlus { return digits.first != "0" && (8...15).contains(digits.utf8.count) ? number : nil }
        if digits.hasPrefix("0"), region == "KE" { return kenyan(digits.dropFirst()) }
        return nil
    }

    /// `+2547•••678`: enough to recognise one's own, not enough to call (contracts K37). At least four digits stay
    /// hidden, also of short numbers.
    public static func masked(phone: String) -> String {
        let shown = min(5, phone.count - 7)
        guard shown > 0 else { return mask }
        return phone.prefix(shown) + mask + phone.suffix(3)
    }

    private static func kenyan(_ national: Substring) -> String? {
        national.utf8.count == 9 && (national.first == "7" || national.first == "1") ? "+254" + national : nil
    }
}
