import RoadsideRules
import Testing

@Suite("Contact data")
struct ContactRulesTests {
    @Test(
        "Phone numbers become E.164, or nothing (D33, K33)",
        arguments: [
            ("+254712345678", "+254712345678"), ("254712345678", "+254712345678"), ("0712345678", "+254712345678"),
            ("0112345678", "+254112345678"), ("+254 712 345 678", "+254712345678"), ("0712-345-678", "+254712345678"),
            ("(0712) 345.678", "+254712345678"), ("00254712345678", "+254712345678"), (" 0712345678 ", "+254712345678"),
            ("+27821234567", "+27821234567"), ("+213551234567", "+213551234567"), ("+1 415 555 2671", "+14155552671"),
            ("0027821234567", "+27821234567"),
            ("", nil), ("+", nil), ("0", nil), ("712345678", nil), ("071234567", nil), ("07123456789", nil),
            ("0512345678", nil), ("0212345678", nil), ("+254212345678", nil), ("+2547123456789", nil),
            ("+2540712345678", nil), ("254", nil), ("27821234567", nil), ("+0712345678", nil), ("+1234567", nil),
            ("+1234567890123456", nil), ("07123x5678", nil), ("٠٧١٢٣٤٥٦٧٨", nil), ("+254712345678;drop", nil),
            ("++254712345678", nil), ("0712345678\u{0}", nil),
        ] as [(String, String?)])
    func phones(text: String, expected: String?) {
        #expect(ContactRules.phone(text) == expected)
    }

    @Test("Elsewhere the national form of Kenya means nothing")
    func otherRegion() {
        #expect(ContactRules.phone("0712345678", region: "ZA") == nil)
        #expect(ContactRules.phone("+254712345678", region: "ZA") == "+254712345678")
        #expect(ContactRules.phone("254712345678", region: "ZA") == nil)
    }

    @Test("A normalised number stays as it is")
    func stable() {
        for text in ["0712345678", "+27821234567", "254112345678"] {
            let once = ContactRules.phone(text)
            #expect(once != nil)
            #expect(once.flatMap { ContactRules.phone($0) } == once)
        }
    }

    @Test(
        "E-mail addresses are lower-cased, or nothing (D33)",
        arguments: [
            ("user@example.com", "user@example.com"), (" User.Name+tag@Example.COM ", "user.name+tag@example.com"),
            ("a@b.co", "a@b.co"), ("o'hara@sub.example.co.ke", "o'hara@sub.example.co.ke"),
            ("x@xn--bcher-kva.xn--p1ai", "x@xn--bcher-kva.xn--p1ai"), ("1@2.ke", "1@2.ke"),
            ("", nil), ("user", nil), ("@example.com", nil), ("user@", nil), ("user@example", nil), ("a@@b.co", nil),
            ("a@b@c.co", nil), (".a@b.co", nil), ("a.@b.co", nil), ("a..b@c.co", nil), ("a b@c.co", nil),
            ("a@-b.co", nil), ("a@b-.co", nil), ("a@b..co", nil), ("a@b.c", nil), ("a@b.c0", nil), ("a@1.2.3.4", nil),
            ("\"a\"@b.co", nil), ("a@[1.2.3.4]", nil), ("jürgen@example.com", nil), ("a@b.co\r\nBcc: c@d.co", nil),
            ("a@b_c.co", nil),
        ] as [(String, String?)])
    func emails(text: String, expected: String?) {
        #expect(ContactRules.email(text) == expected)
    }

    @Test("Addresses longer than mail can carry are refused")
    func longEmails() {
        let local = String(repeating: "a", count: 64)
        #expect(ContactRules.email("\(local)@example.com") != nil)
        #expect(ContactRules.email("a\(local)@example.com") == nil)
        let label = String(repeating: "b", count: 63)
        #expect(ContactRules.email("a@\(label).co") != nil)
        #expect(ContactRules.email("a@b\(label).co") == nil)
        #expect(ContactRules.email("a@\([label, label, label, label].joined(separator: ".")).co") == nil)
    }

    @Test("The document's own password is taken, the famous ones are not (decision 31)")
    func passwords() {
        for good in ["Test123!", "correct horse battery", "пароль-надёжный", "\u{0}\u{1}nullable", "🚗🚕🚙🚌🚎🏎🚓🚑"] {
            #expect(ContactRules.password(good).isEmpty, "\(good)")
        }
        for common in ["password123", "Password123", "PASSWORD", "12345678", "qwerty123", "iloveyou", "aaaaaaaa"] {
            #expect(ContactRules.password(common) == [.common], "\(common)")
        }
        #expect(ContactRules.password("Test12!") == [.tooShort])
        #expect(ContactRules.password("") == [.tooShort])
        #expect(ContactRules.password("aaaa") == [.tooShort, .common])
    }

    @Test("Length is counted in code points, 8 to 128")
    func passwordLength() {
        let alphabet = "abcdefgh"
        #expect(ContactRules.password("äöüßéèêë").isEmpty)
        #expect(ContactRules.password("🚗🚕🚙🚌🚎🏎🚓") == [.tooShort])
        #expect(ContactRules.password(String(repeating: alphabet, count: 16)).isEmpty)
        #expect(ContactRules.password(String(repeating: alphabet, count: 16) + "x") == [.tooLong])
    }

    @Test("One's own address, name or number is no password")
    func ownWords() {
        let own = ["Wanjiku.K@example.com", "Wanjiku Kamau", "+254712345678"]
        for word in ["wanjiku.k@example.com", "wanjiku.k", "Wanjiku Kamau", "+254712345678"] {
            #expect(ContactRules.password(word, own: own).contains(.common), "\(word)")
        }
        #expect(ContactRules.password("Wanjiku Kamau 7", own: own).isEmpty)
    }

    @Test("Names are trimmed and cannot hide anything")
    func names() {
        #expect(ContactRules.displayName("  John   Kamau\n") == "John Kamau")
        #expect(ContactRules.displayName("Ng'ang'a wa Mūthoni-Ōkelo") == "Ng'ang'a wa Mūthoni-Ōkelo")
        #expect(ContactRules.displayName("علی\u{200C}رضا") != nil)
        #expect(ContactRules.displayName(String(repeating: "x", count: 100)) != nil)
        let refused = [
            "", "   ", "\n\t", "a\u{0}b", "a\u{7}b", "a\u{202E}b", "a\u{2066}b", "a\u{200B}b", "\u{FEFF}a", "a\u{E000}",
            String(repeating: "x", count: 101),
        ]
        for name in refused { #expect(ContactRules.displayName(name) == nil) }
    }

    @Test("Masks show enough to recognise and too little to use (K37)")
    func masks() {
        #expect(ContactRules.masked(phone: "+254712345678") == "+2547•••678")
        #expect(ContactRules.masked(phone: "+27821234567") == "+2782•••567")
        #expect(ContactRules.masked(phone: "+12345678") == "+1•••678")
        #expect(ContactRules.masked(phone: "123") == "•••")
        #expect(ContactRules.masked(phone: "") == "•••")
        #expect(ContactRules.masked(email: "john@example.com") == "j•••@e•••")
        #expect(ContactRules.masked(email: "nonsense") == "•••")
        for phone in ["+254712345678", "+12345678", "+123456789012345"] {
            let shown = ContactRules.masked(phone: phone).filter { $0 != "•" }.count
            #expect(phone.count - shown >= 4)
        }
    }
}
