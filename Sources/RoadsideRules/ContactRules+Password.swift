/// What is wrong with a password (README decision 31).
public enum PasswordIssue: String, CaseIterable, Sendable, Hashable {
    case tooShort, tooLong, common

    public var message: String {
        switch self {
        case .tooShort: "Use at least 8 characters."
        case .tooLong: "Use at most 128 characters."
        case .common: "This password is too easy to guess; choose another."
        }
    }
}

extension ContactRules {
    /// All that is wrong with a password, nothing when it is good: 8 … 128 code points, none of the most used ones,
    /// not one of the user's own words, not one character over and over. No rules of composition (NIST SP 800-63B-4).
    /// - Parameter own: the user's e-mail, name and phone, in any form.
    public static func password(_ password: String, own: [String] = []) -> [PasswordIssue] {
        var issues: [PasswordIssue] = []
        let length = password.unicodeScalars.count
        if length < 8 { issues.append(.tooShort) }
        if length > 128 { issues.append(.tooLong) }

        let folded = password.lowercased()
        let words = own.flatMap { [$0.lowercased(), String($0.lowercased().prefix { $0 != "@" })] }
        if commonPasswords.contains(folded) || words.contains(folded) || Set(folded).count == 1 {
            issues.append(.common)
        }
        return issues
    }

    /// The most used passwords of eight characters and more, and the source documents' own `password123`; lower case.
    private static let commonPasswords: Set<String> = [
        "password", "password1", "password12", "password123", "password1234", "passw0rd", "p@ssw0rd", "p@ssword",
        "12345678", "123456789", "1234567890", "0123456789", "987654321", "87654321", "11223344", "12341234",
        "123123123", "12344321", "147258369", "123321123", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "q1w2e3r4",
        "qwertyui", "qwertyuiop", "qwerty12", "qwerty123", "qwerty1234", "asdfghjk", "asdfghjkl", "zxcvbnm1",
        "abcd1234",
        "abc12345", "abcdefgh", "a1b2c3d4", "aa123456", "iloveyou", "iloveyou1", "sunshine", "princess", "princess1",
        "football", "football1", "baseball", "basketball", "superman", "batman123", "spiderman", "trustno1", "welcome1",
        "welcome123", "letmein1", "letmein123", "changeme", "changeme1", "changeme123", "admin123", "administrator",
        "adminadmin", "root1234", "test1234", "testtest", "default1", "secret123", "whatever", "starwars", "computer",
        "internet", "liverpool", "arsenal1", "chelsea1", "manchester", "jennifer", "michelle", "jordan23", "charlie1",
        "michael1", "dragon12", "monkey123", "fixoncall", "fixoncall1", "roadside", "nairobi1", "nairobi123",
        "kenya123",
        "kenya254", "mechanic", "mechanic1", "customer",
    ]
}
