public import BSON
import RoadsideRules

/// The three forms in which a document is named to the outside (README decision 9): any path takes any of them.
public struct PublicID: Sendable, Hashable {
    public let id: ObjectID
    /// The small integer beside it; nil for documents that have none.
    public let number: Int64?

    public init(_ id: ObjectID, number: Int64? = nil) {
        self.id = id
        self.number = number
    }

    /// `_id` and `id` (the same 24 hexadecimal digits) and `number`, in this order (README decision 22).
    public var members: [JSON.Member] {
        let hex = JSON.string(id.hex)
        return [JSON.Member("_id", hex), JSON.Member("id", hex)]
            + (number.map { [JSON.Member("number", .int($0))] } ?? [])
    }

    /// The version-8 UUID for dialects that promise one.
    public var uuid: String { PublicUUID.encode(id) }
}
