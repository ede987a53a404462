public import BSON

/// What an update does: operators (`["$set": …]`) or a pipeline of stages which may read the document's own fields.
public enum Update: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    case document(Document)
    case pipeline([Document])

    public init(dictionaryLiteral elements: (String, BSONValue)...) {
        self = .document(Document(fields: elements))
    }

    var bson: BSONValue {
        switch self {
        case .document(let document): .document(document)
        case .pipeline(let stages): .array(stages.map { .document($0) })
        }
    }

    /// The form that the client library takes in a bulk write: a pipeline as a document with the keys "0", "1" ….
    var document: Document {
        switch self {
        case .document(let document): return document
        case .pipeline(let stages):
            return Document(fields: stages.enumerated().map { ("\($0.offset)", .document($0.element)) })
        }
    }
}

/// What an update did.
public struct UpdateResult: Sendable, Hashable {
    public let matched: Int
    public let modified: Int
    /// The filter matched nothing and a document was inserted.
    public let upserted: Bool

    init(_ result: BulkResult) {
        matched = result.matched
        modified = result.modified
        upserted = result.upserted > 0
    }
}

/// Which state of the document `findOneAndUpdate` returns.
public enum ReturnedDocument: Sendable {
    case before, after
}
