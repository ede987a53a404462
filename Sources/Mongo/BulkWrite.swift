public import BSON

/// What a write has to have reached when it is acknowledged.
public enum Durability: Sendable {
    /// The journals of a majority: no crash takes it back.
    case majority
    /// The memory of one server. A crash within the next tenth of a second may take it back, and who reads what a majority
    /// has sees it as late as that: for what the next write of its kind makes good.
    case memory
}

/// One write among several.
public enum BulkWrite: Sendable, Hashable {
    case insert(Document)
    case updateOne(_ filter: Document, _ update: Update, upsert: Bool = false, arrayFilters: [Document] = [])
    case updateMany(_ filter: Document, _ update: Update, upsert: Bool = false, arrayFilters: [Document] = [])
    case replaceOne(_ filter: Document, _ replacement: Document, upsert: Bool = false)
    case deleteOne(_ filter: Document)
    case deleteMany(_ filter: Document)
}

/// How many documents several writes touched.
public struct BulkResult: Sendable, Hashable {
    public internal(set) var inserted = 0
    public internal(set) var matched = 0
    public internal(set) var modified = 0
    public internal(set) var deleted = 0
    public internal(set) var upserted = 0
}
