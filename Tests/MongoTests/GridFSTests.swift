import BSON
import Foundation
import Mongo
import MongoTesting
import Testing

@Suite("GridFS")
struct GridFSTests {
    @Test(
        "chunks come back as they were written; the row and the chunks are laid out as the specification has it",
        .database)
    func roundTrip() async throws {
        let bucket = try TestDatabase.current.client.bucket("uploads")
        let file = ObjectID()
        let pieces = [[UInt8](repeating: 7, count: GridFSBucket.chunkSize), [1, 2, 3]]
        for (number, piece) in pieces.enumerated() { try await bucket.write(piece, as: number, of: file) }
        #expect(try await bucket.files.findOne() == nil, "no file without its row")
        try await bucket.files.insert(
            GridFSBucket.row(
                file, length: GridFSBucket.chunkSize + 3, name: "a.bin", uploadedAt: .date(Date()), metadata: ["a": 1]))
        for (number, piece) in pieces.enumerated() {
            let read = try await bucket.read(number, of: file)
            #expect(read == piece)
        }
        #expect(try await bucket.read(2, of: file) == nil)
        let row = try #require(try await bucket.files.findOne(["_id": .id(file)]))
        #expect(row.keys == ["_id", "length", "chunkSize", "uploadDate", "filename", "metadata"])
        #expect(row.get("chunkSize", as: Int.self) == 261_120)
        let chunk = try #require(try await bucket.chunks.findOne(["files_id": .id(file), "n": 1]))
        #expect(chunk.keys == ["_id", "files_id", "n", "data"])
        #expect(try await bucket.deleteChunks(of: file) == 2)
        #expect(try await bucket.chunks.count() == 0)
    }
}
