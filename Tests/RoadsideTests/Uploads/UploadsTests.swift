import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Files that take long, and files that come too late")
struct UploadsTests {
    /// A small PDF.
    private static let file = Array("%PDF-1.7\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n".utf8)

    private static func caller() -> Caller {
        Caller(
            userID: ObjectID(), role: .customer, sessionID: ObjectID(), sessionVersion: 1,
            expiresAt: Date(timeIntervalSinceNow: 900))
    }

    @Test("a file that arrives after the request's own deadline is stored all the same")
    func slow() async throws {
        try await JobsWorld.with { world in
            let uploads = Uploads(world.dependencies, jobs: world.jobs)
            let caller = Self.caller()
            let upload = try await Deadline.$scoped.withValue(.after(.zero)) {
                var draft = try await uploads.begin(by: caller)
                for byte in Self.file { try await uploads.append([byte], to: &draft) }
                return try await uploads.finish(draft, as: .document, by: caller)
            }
            #expect(try await uploads.open(upload.id, for: caller).length == Self.file.count)
            #expect(try await uploads.piece(0, of: upload) == Self.file)
        }
    }

    @Test("an upload that the sweeper has taken for given up cannot finish, and leaves nothing")
    func late() async throws {
        try await JobsWorld.with { world in
            let uploads = Uploads(world.dependencies, jobs: world.jobs)
            let caller = Self.caller()
            var draft = try await uploads.begin(by: caller)
            try await uploads.append(Self.file[...], to: &draft)
            let past = Date(timeIntervalSinceNow: -2 * Uploads.longest)
            try await world.store.uploadDrafts.updateOne(
                ["_id": .id(draft.id)], ["$set": ["started_at": .date(past)]])
            #expect(try await uploads.sweep() == 1)
            let late = draft
            let error = await #expect(throws: RoadsideError.self) {
                try await uploads.finish(late, as: .document, by: caller)
            }
            #expect(error?.code == .conflict)
            await uploads.discard(draft.id)
            #expect(try await world.store.uploads.files.count() == 0)
        }
    }
}
