import BSON
import Mongo

/// Photos and papers in GridFS, those that are still arriving, who has looked at whose; and what providers' papers say.
struct M0018KeepUploads: Migration {
    let number = 18
    let name = "keep uploads"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        // Creates the collections, too.
        for (collection, indexes) in Self.indexes {
            try await store.client.collection(collection).createIndexes(indexes, deadline: .current)
        }
    }

    static let indexes: [(collection: String, indexes: [Index])] = [
        (
            "uploads.files",
            [
                Index(name: "uploads_owner", keys: ["metadata.owner_id": 1, "uploadDate": -1]),
                Index(
                    name: "uploads_unused", keys: ["metadata.unused_until": 1],
                    partialFilter: ["metadata.unused_until": ["$exists": true]]),
            ]
        ),
        // As the specification of GridFS wants it.
        ("uploads.chunks", [Index(name: "files_id_1_n_1", keys: ["files_id": 1, "n": 1], unique: true)]),
        (
            "upload_drafts",
            [
                Index(name: "upload_drafts_age", keys: ["started_at": 1]),
                Index(name: "upload_drafts_owner", keys: ["owner_id": 1, "started_at": 1]),
            ]
        ),
        (
            "provider_documents",
            [
                Index(name: "provider_documents_provider", keys: ["provider_id": 1, "created_at": -1, "_id": -1]),
                Index(name: "provider_documents_state", keys: ["state": 1, "created_at": -1, "_id": -1]),
                Index(name: "provider_documents_recent", keys: ["created_at": -1, "_id": -1]),
                Index(name: "provider_documents_kind", keys: ["provider_id": 1, "kind": 1, "expires_at": -1]),
                Index(
                    name: "provider_documents_notice", keys: ["notice_at": 1],
                    partialFilter: ["notice_at": ["$exists": true]]),
                // One of a kind waits at a time.
                Index(
                    name: UniqueIndex.pendingPaper.rawValue, keys: ["provider_id": 1, "kind": 1], unique: true,
                    partialFilter: ["state": "pending"]),
            ]
        ),
        ("upload_views", [Index(name: "upload_views_owner", keys: ["owner_id": 1, "at": -1])]),
    ]
}
