import BSON
public import Blueprint

/// The shapes of what people tell of themselves, which all dialects take alike.
extension Schema {
    /// The shape that ``RoadsideRules/ContactRules/email(_:)`` takes. It looks ahead for what must not be there, which those
    /// who draw examples from a pattern can; what must be there they would write twice.
    public static let emailAddress: Schema = {
        let atom = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
        let label = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
        return string(
            pattern: "^(?!.{65,}@)\(atom)([.]\(atom)){0,9}@(\(label)[.]){1,9}[a-zA-Z]{2,63}$", length: 6...254)
    }()

    /// The shape that ``RoadsideRules/ContactRules/phone(_:region:)`` takes, without the spaces and brackets that it
    /// leaves out.
    public static let phoneNumber = string(
        pattern: "^([+](254[17][0-9]{8}|(?!254)[1-9][0-9]{7,14})|0[17][0-9]{8})$", length: 8...16
    ).described("+254712345678, or a national number of Kenya")

    /// Of which the commonest are refused as well.
    public static let newPassword = secret(length: 8...128).described("8 to 128 characters")
    public static let password = secret()
    public static let code = text(max: 20)
    public static let plate = string(pattern: "^ ?([A-Za-z0-9-] ?){2,12}$", length: 2...20)
    public static let modelYear = integer(in: 1886...2200)

    /// A number between two bounds, both included.
    public static func number(in range: ClosedRange<Double>) -> Schema {
        Schema(["type": "number", "minimum": .plain(range.lowerBound), "maximum": .plain(range.upperBound)])
    }

    public static let latitude = number(in: -90...90)
    public static let longitude = number(in: -180...180)
}
