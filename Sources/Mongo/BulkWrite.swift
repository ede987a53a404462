public import BSON

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
