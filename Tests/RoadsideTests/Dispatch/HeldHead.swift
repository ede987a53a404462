import BSON
import Dispatch
import Mongo

@testable import Roadside

/// A transaction that has moved the head of an inbox and is not over yet: whoever wants to move it too, collides.
final class HeldHead: Sendable {
    private let release = DispatchSemaphore(value: 0)
    private let writer: Task<Void, any Error>

    fileprivate init(of recipient: ObjectID, in store: Store) async {
        let held = AsyncStream<Void>.makeStream()
        writer = Task { [release] in
            defer { held.continuation.finish() }
            try await store.transaction { transaction in
                try transaction.inboxHeads.updateOne(["_id": .id(recipient)], ["$set": ["mover": .id(ObjectID())]])
                held.continuation.yield()
                release.wait()
            }
        }
        for await _ in held.stream { break }
    }

    func commit() async throws {
        release.signal()
        try await writer.value
    }

    deinit { release.signal() }
}

extension JobsWorld {
    /// Somebody else begins to write to this recipient.
    func writing(to recipient: ObjectID) async throws -> HeldHead {
        _ = try await inbox.openHead(of: recipient)
        return await HeldHead(of: recipient, in: store)
    }
}
