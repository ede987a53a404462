import BSON
import Foundation

/// A place in a list sorted by `created_at` and then `_id`, newest first.
struct TimeCursor {
    let createdAt: Date
    let id: ObjectID

    init(createdAt: Date, id: ObjectID) {
        self.createdAt = createdAt
        self.id = id
    }

    /// The place of this document; nil for one without time or id.
    init?(_ document: Document) {
        guard let createdAt: Date = document.get("created_at"), let id: ObjectID = document.get("_id") else {
            return nil
        }
        self.init(createdAt: createdAt, id: id)
    }

    /// nil for any text that `text` never wrote.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), let id = ObjectID(String(parts[1])),
            (-Self.farthest...Self.farthest).contains(milliseconds)
        else { return nil }
        self.init(createdAt: Date(millisecondsSince1970: milliseconds), id: id)
    }

    /// Milliseconds, 35,000 years either way. Compared and never negated: the least number of all has no positive.
    private static let farthest: Int64 = 1 << 50

    /// What clients are given as `next_cursor`.
    var text: String { "\(createdAt.millisecondsSince1970).\(id)" }

    /// The documents after this place.
    var older: [Document] {
        [
            ["created_at": ["$lt": .date(createdAt)]],
            ["created_at": .date(createdAt), "_id": ["$lt": .id(id)]],
        ]
    }
}
