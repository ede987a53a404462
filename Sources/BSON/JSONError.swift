/// Why a text is not JSON as RFC 8259 defines it, or is more of it than allowed.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The broken rule.
    public enum Reason: Sendable, Hashable {
        case empty
        case tooLarge
        case tooDeep
        case unexpectedEnd
        case unexpectedByte
        case badNumber
        case numberOutOfRange
        case badEscape
        case loneSurrogate
        case controlCharacter
        case invalidUTF8
        case trailingBytes
        case repeatedName
    }

    public let reason: Reason
    /// Where the rule was broken, in bytes from the start.
    public let offset: Int

    public init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    /// A sentence for whoever sent the text; it repeats nothing of what was sent.
    public var message: String {
        switch reason {
        case .empty: "The body is empty; JSON was expected."
        case .tooLarge: "The JSON text is too large."
        case .tooDeep: "The JSON text is nested too deeply (byte \(offset))."
        case .unexpectedEnd: "The JSON text ends too early (byte \(offset))."
        case .unexpectedByte: "The JSON text has an unexpected character (byte \(offset))."
        case .badNumber: "The JSON text has a malformed number (byte \(offset))."
        case .numberOutOfRange: "The JSON text has a number out of range (byte \(offset))."
        case .badEscape: "The JSON text has a malformed escape in a string (byte \(offset))."
        case .loneSurrogate: "The JSON text has half a surrogate pair in a string (byte \(offset))."
        case .controlCharacter: "The JSON text has an unescaped control character in a string (byte \(offset))."
        case .invalidUTF8: "The JSON text is not valid UTF-8 (byte \(offset))."
        case .trailingBytes: "The JSON text goes on after its value (byte \(offset))."
        case .repeatedName: "The JSON text names a member of an object twice (byte \(offset))."
        }
    }

    public var description: String { message }
}
