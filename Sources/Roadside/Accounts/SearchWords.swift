import BSON
import Foundation
import Mongo

/// The words by which staff find a person, and the filter that finds whoever has them.
///
/// They are kept beside the person (`users.search`), so that a search for the beginning of a word is a range of an index.
/// Nothing typed becomes a pattern: special characters are characters.
enum SearchWords {
    static let field = "search"
    /// More words than this find nobody whom fewer do not.
    static let most = 10
    /// An address like `a.b.c.d…@` is found by its whole and by this many of its pieces.
    private static let piecesOfAddress = 8
    /// From so many digits on, text made of digits and separators is one phone number.
    private static let digitsOfPhone = 7

    /// Everything a person is found by: each word of the name, also behind a hyphen or apostrophe; the e-mail address
    /// from its beginning and from each of its pieces; the phone number as `+254…`, `254…`, `07…` and `7…`.
    static func of(name: String, email: String, phone: String) -> [String] {
        var words = Set<String>()
        for word in folded(name).split(whereSeparator: \.isWhitespace) {
            words.insert(String(word))
            words.formUnion(suffixes(of: word, limit: .max))
        }
        let address = folded(email)
        words.insert(address)
        if let at = address.firstIndex(of: "@") {
            words.insert(String(address[address.index(after: at)...]))
            let local = suffixes(of: address[..<at], limit: piecesOfAddress)
            words.formUnion(local.map { $0 + address[at...] })
        }
        words.formUnion(spellings(of: phone))
        return words.subtracting([""]).sorted()
    }

    /// The words of the document as it is now.
    static func of(_ user: Document) -> [String] {
        of(name: user.get("name") ?? "", email: user.get("email") ?? "", phone: user.get("phone") ?? "")
    }

    /// What was typed, as words each of which must begin one of the person's.
    static func typed(_ text: String) -> [String] {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        let separators = text.filter { !$0.isASCII || !$0.isNumber }
        if digits.count >= digitsOfPhone, separators.allSatisfy({ "+-(). ".contains($0) }) {
            let number = (text.contains("+") ? "+" : "") + digits
            return [number.hasPrefix("00") ? "+" + number.dropFirst(2) : number]
        }
        var words: [String] = []
        for word in folded(text).split(whereSeparator: \.isWhitespace).map(String.init) where !words.contains(word) {
            words.append(word)
        }
        return words
    }

    /// Matches whoever has a word beginning with each of these.
    static func filter(_ words: [String]) -> Document {
        // One element must lie within both bounds; without `$elemMatch` two elements could share them.
        let conditions = words.map { word -> BSONValue in
            [
                field: ["$elemMatch": ["$gte": .string(word), "$lt": .string(word + "\u{10FFFF}")]]
            ]
        }
        return ["$and": .array(conditions)]
    }

    /// Writes the words anew from what the transaction sees.
    static func renew(of user: BSONValue, in transaction: MongoTransaction) throws(MongoError) {
        let person = try transaction.users.findOne(
            ["_id": user], projection: ["name": 1, "email": 1, "phone": 1])
        guard let person else { return }
        try transaction.users.updateOne(["_id": user], ["$set": [field: .array(of(person).map(BSONValue.string))]])
    }

    /// `anne-marie` → `marie`: what follows each mark inside a word.
    private static func suffixes(of word: Substring, limit: Int) -> [String] {
        var found: [String] = []
        var rest = word
        while let mark = rest.firstIndex(where: { !$0.isLetter && !$0.isNumber }), found.count < limit {
            rest = rest[rest.index(after: mark)...]
            if !rest.isEmpty { found.append(String(rest)) }
        }
        return found
    }

    private static func spellings(of phone: String) -> [String] {
        guard phone.hasPrefix("+") else { return phone.isEmpty ? [] : [phone] }
        let bare = String(phone.dropFirst())
        guard bare.hasPrefix("254") else { return [phone, bare] }
        let national = bare.dropFirst(3)
        return [phone, bare, "0" + national, String(national)]
    }

    /// Lower case, and accents composed, so that two spellings of one letter are the same bytes.
    private static func folded(_ text: String) -> String {
        text.lowercased().precomposedStringWithCanonicalMapping
    }
}
