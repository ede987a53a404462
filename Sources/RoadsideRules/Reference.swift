public import BSON

/// How a client names a document in a path or body: any of three forms, in any dialect (README decision 9).
public enum Reference: Sendable, Hashable {
    case id(ObjectID)
    /// The small number drawn from the counter, from 1.
    case number(Int64)

    /// 24 hexadecimal digits, a decimal number without leading zeros, or a version-8 UUID; `nil` for anything else.
    public init?(_ text: String) {
        if let id = ObjectID(text) ?? PublicUUID.decode(text) {
            self = .id(id)
        } else if text.utf8.first != 0x30, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(text)
        {
            self = .number(number)
        } else {
            return nil
        }
    }
}
