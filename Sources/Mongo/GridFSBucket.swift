public import BSON

/// Files in pieces, laid out as the GridFS specification has it: `<name>.files` with a row for each file, `<name>.chunks`
/// with its bytes, so that every tool of the database finds its way.
///
/// Written by plain inserts and not by the library's own bucket: that one keeps a client, hence a worker thread, for as long
/// as a file takes to arrive over a telephone; and it writes the row of the file by itself, where ours has to be written in
/// the transaction that says what the file is for. A file is there as soon as its row is, which is why the row comes last.
public struct GridFSBucket: Sendable {
    /// Bytes of every chunk but the last: what the specification proposes.
    public static let chunkSize = 255 * 1024

    public let name: String
    private let client: MongoClient

    init(name: String, client: MongoClient) {
        self.name = name
        self.client = client
    }

    /// The rows of the files.
    public var files: MongoCollection { client.collection("\(name).files") }
    /// Their bytes.
    public var chunks: MongoCollection { client.collection("\(name).chunks") }

    /// Writes one chunk of a file that is not there yet.
    ///
    /// - Parameters:
    ///   - data: ``chunkSize`` bytes, fewer in the last chunk.
    ///   - number: from 0.
    public func write(_ data: [UInt8], as number: Int, of file: ObjectID) async throws(MongoError) {
        try await chunks.insert([
            "_id": .id(ObjectID()), "files_id": .id(file), "n": .int32(Int32(clamping: number)),
            "data": .binary(subtype: 0, bytes: data),
        ])
    }

    /// The row that makes a file of its chunks.
    ///
    /// - Parameter length: bytes of all chunks together.
    public static func row(
        _ file: ObjectID, length: Int, name: String, uploadedAt: BSONValue, metadata: Document
    ) -> Document {
        [
            "_id": .id(file), "length": .int64(Int64(length)), "chunkSize": .int32(Int32(chunkSize)),
            "uploadDate": uploadedAt, "filename": .string(name), "metadata": .document(metadata),
        ]
    }

    /// The bytes of one chunk; nil when there is none.
    public func read(_ number: Int, of file: ObjectID) async throws(MongoError) -> [UInt8]? {
        try await chunks.findOne(
            ["files_id": .id(file), "n": .int32(Int32(clamping: number))], projection: ["_id": 0, "data": 1]
        )?.get("data")
    }

    /// Deletes whatever bytes there are of a file, whose row is gone or never came.
    ///
    /// - Returns: how many chunks it were.
    @discardableResult
    public func deleteChunks(of file: ObjectID) async throws(MongoError) -> Int {
        try await chunks.deleteMany(["files_id": .id(file)])
    }
}

extension MongoClient {
    public func bucket(_ name: String) -> GridFSBucket { GridFSBucket(name: name, client: self) }
}
