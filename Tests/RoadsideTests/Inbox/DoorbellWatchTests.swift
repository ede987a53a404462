import BSON
import Mongo
import MongoTesting
import Synchronization
import Testing

@testable import Roadside

@Suite("The doorbell is watched", .timeLimit(.minutes(5)))
struct DoorbellWatchTests {
    private struct Away: Error {}

    @Test("fault 15: two canaries in a row that do not come, and the doorbell counts as silent until one comes")
    func silence() async {
        let watch = DoorbellWatch(interval: .milliseconds(1), patience: .milliseconds(5))
        let sent = Mutex<[Int64]>([])
        await watch.run { number in sent.withLock { $0.append(number) } }
        #expect(sent.withLock { $0 } == [1, 2])
        #expect(watch.isSilent)
        watch.hear(2)
        #expect(!watch.isSilent)
    }

    @Test("one that comes, and one that cannot be written, begin the count anew")
    func countsInARow() async {
        let watch = DoorbellWatch(interval: .milliseconds(1), patience: .milliseconds(5))
        let sent = Mutex<[Int64]>([])
        await watch.run { number in
            sent.withLock { $0.append(number) }
            // Every second one comes, of the first eight; then one cannot be written; then none comes.
            if number < 9, number.isMultiple(of: 2) { watch.hear(number) }
            if number == 10 { throw Away() }
        }
        #expect(sent.withLock { $0 } == Array(1...12))
        #expect(watch.isSilent)
    }

    @Test("a cancelled watch finds nothing silent")
    func cancelled() async {
        let watch = DoorbellWatch(interval: .seconds(3600), patience: .seconds(3600))
        let watching = Task { await watch.run { _ in } }
        watching.cancel()
        await watching.value
        #expect(!watch.isSilent)
    }

    @Test("canaries come by the stream, and no list, count or socket shows them")
    func canaries() async throws {
        try await JobsWorld.with({ $0.canaryInterval = .milliseconds(5) }) { world in
            let follower = Task { await world.inbox.follow() }
            defer { follower.cancel() }
            try await eventually("some have come") { world.inbox.doorbell.heard >= 3 }
            #expect(!world.inbox.isDeaf)
            let canaries = try await world.store.notifications.find(["kind": "canary"])
            #expect(canaries.allSatisfy { InboxRow($0) == nil })
            #expect(try await world.inbox.rows(recipient: world.inbox.origin, after: 0).isEmpty)
        }
    }

    @Test(
        "fault 15: a stream that stands open and brings nothing is opened anew, and what was written meanwhile is heard of"
    )
    func silentStream() async throws {
        try await JobsWorld.with({
            ($0.canaryInterval, $0.canaryPatience) = (.milliseconds(50), .milliseconds(500))
        }) { world in
            let resyncs = Mutex(0)
            world.inbox.listen { event in
                if case .resync = event { resyncs.withLock { $0 += 1 } }
            }
            let follower = Task { await world.inbox.follow() }
            defer { follower.cancel() }
            try await eventually("the first canary has come") { world.inbox.doorbell.heard > 0 }
            let before = resyncs.withLock { $0 }

            // The server accepts the next look at the stream and does not answer it.
            let notifications = "\(world.store.client.database).notifications"
            try await world.store.client.run(
                [
                    "configureFailPoint": "failCommand", "mode": ["times": 1],
                    "data": [
                        "failCommands": ["getMore"], "namespace": .string(notifications), "blockConnection": true,
                        "blockTimeMS": 8000,
                    ],
                ], on: "admin")
            try await eventually("the stream is replaced") { resyncs.withLock { $0 } > before }
            let heard = world.inbox.doorbell.heard
            try await eventually("and rings again") { world.inbox.doorbell.heard > heard }
            #expect(!world.inbox.isDeaf)
        }
    }
}
