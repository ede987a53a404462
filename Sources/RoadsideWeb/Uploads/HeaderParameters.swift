/// A header value with parameters, such as `form-data; name="file"` (RFC 9110 §5.6.6): tokens, and quoted strings with
/// backslashes.
struct HeaderParameters: Sendable, Hashable {
    /// What stands before the parameters, in small letters.
    let value: String
    private let parameters: [String: String]

    /// nil for what is none, for a parameter that comes twice, and for characters that belong in no header.
    init?(_ text: String) {
        var rest = Substring(text).utf8
        guard let value = Self.take(&rest, until: UInt8(ascii: ";")), !value.isEmpty else { return nil }
        self.value = value.lowercased()
        var parameters: [String: String] = [:]
        while !rest.isEmpty {
            rest.removeFirst()
            Self.skipSpaces(&rest)
            guard let name = Self.take(&rest, until: UInt8(ascii: "="))?.lowercased(), Self.isToken(name), !rest.isEmpty
            else { return nil }
            rest.removeFirst()
            guard let value = Self.parameter(&rest), parameters.updateValue(value, forKey: name) == nil else {
                return nil
            }
        }
        self.parameters = parameters
    }

    subscript(name: String) -> String? { parameters[name] }

    /// What comes before that character, without the spaces around it; all when there is none.
    private static func take(_ rest: inout Substring.UTF8View, until end: UInt8) -> String? {
        let part = rest.prefix { $0 != end }
        rest = rest.dropFirst(part.count)
        guard let text = String(part) else { return nil }
        return text.trimmingSpaces
    }

    private static func skipSpaces(_ rest: inout Substring.UTF8View) {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 }
    }

    /// A token or a quoted string; behind it comes the next parameter or nothing.
    private static func parameter(_ rest: inout Substring.UTF8View) -> String? {
        guard rest.first == UInt8(ascii: "\"") else {
            let token = take(&rest, until: UInt8(ascii: ";"))
            return token.flatMap { isToken($0) ? $0 : nil }
        }
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                skipSpaces(&rest)
                guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { return nil }
                return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                // Only these two need it; before anything else it is itself, as in paths of old browsers.
                if let next = rest.first, next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") {
                    rest.removeFirst()
                    bytes.append(next)
                } else {
                    bytes.append(byte)
                }
            case 0..<0x20, 0x7F: return nil
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
