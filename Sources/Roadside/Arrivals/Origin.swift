public import BSON
import Crypto
import Foundation

/// The row of another system that something was made of. It is kept with what it became (`imported_from`), whose id
/// follows from it, so that a row is never brought in twice.
public struct Origin: Sendable, Hashable {
    /// Its name: `depannini`.
    public let system: String
    public let table: String
    /// As that system writes it.
    public let id: String

    public init(system: String, table: String, id: String) {
        self.system = system
        self.table = table
        self.id = id
    }

    static let field = "imported_from"

    /// The id of what the row becomes: the row's own when it is of our form (`ObjectId`), for then links of old clients go
    /// on working, and otherwise made of its hash.
    public var objectID: ObjectID {
        if let own = ObjectID(id) { return own }
        var digest = SHA256()
        // Lengths keep `a` + `bc` and `ab` + `c` apart.
        for part in [system, table, id] { digest.update(data: Data("\(part.utf8.count):\(part)".utf8)) }
        let bytes = Array(digest.finalize().prefix(8))
        return ObjectID(bytes: Self.seconds + bytes) ?? ObjectID()
    }

    /// Of 2024-01-01: an id begins with a time, and an import has none that every run would find again.
    private static let seconds: [UInt8] = [0x65, 0x92, 0x00, 0x80]
}

extension Origin {
    init?(_ document: Document?) {
        guard let document, let system: String = document.get("system"), let table: String = document.get("table"),
            let id: String = document.get("id")
        else { return nil }
        self.init(system: system, table: table, id: id)
    }

    var document: Document { ["system": .string(system), "table": .string(table), "id": .string(id)] }
}
