import BSON
import Mongo
import MongoTesting
import Testing

@Suite("The queue before the workers")
struct QueueTests {
    @Test("a call whose deadline passes in the queue is answered and never runs", .busyWorker)
    func deadlineInQueue() async throws {
        let (client, gate) = try BusyWorker.current
        let things = client.collection("things")
        let error = await failure {
            try await things.insert(["_id": 1], deadline: .after(.milliseconds(50)))
        }
        #expect(error?.code == .deadlineExceeded)
        // The caller has his answer before the timer has cleared the place.
        try await eventually("its place is free") { client.waiting == 0 }
        gate.open()
        let count = try await things.count()
        #expect(count == 0)
    }

    @Test("a deadline that has passed already is answered without a place in the queue", .busyWorker)
    func passedDeadline() async throws {
        let (client, gate) = try BusyWorker.current
        let error = await failure {
            try await client.collection("things").find(deadline: .after(.zero))
        }
        #expect(error?.code == .deadlineExceeded)
        gate.open()
    }

    @Test("a full queue refuses at once, and those who wait get their turn", .busyWorker(queueLimit: 2))
    func overflow() async throws {
        let (client, gate) = try BusyWorker.current
        let things = client.collection("things")
        async let first: Void = things.insert(["_id": 1])
        async let second: Void = things.insert(["_id": 2])
        try await eventually("two calls wait") { client.waiting == 2 }
        let error = await failure { try await things.insert(["_id": 3]) }
        #expect(error?.code == .overloaded)
        gate.open()
        _ = try await (first, second)
        #expect(try await things.count() == 2)
    }

    @Test("calls run in the order in which they came", .busyWorker)
    func order() async throws {
        let (client, gate) = try BusyWorker.current
        let things = client.collection("things")
        try await withThrowingTaskGroup { group in
            for number in 1...20 {
                group.addTask { try await things.insert(["n": .int(number)]) }
                try await eventually("the call waits") { client.waiting == number }
            }
            gate.open()
            try await group.waitForAll()
        }
        let found = try await things.find(sort: ["$natural": 1])
        #expect(found.compactMap { $0.get("n", as: Int.self) } == Array(1...20))
    }

    @Test("a cancelled task leaves the queue and its write never runs", .busyWorker)
    func cancelled() async throws {
        let (client, gate) = try BusyWorker.current
        let things = client.collection("things")
        let task = Task { try await things.insert(["_id": 1]) }
        try await eventually("the call waits") { client.waiting == 1 }
        task.cancel()
        let error = await failure { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(client.waiting == 0)
        gate.open()
        let count = try await things.count()
        #expect(count == 0)
    }

    @Test("a task cancelled before its call does not call", .database)
    func cancelledBefore() async throws {
        let db = try TestDatabase.current
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await db.client.collection("things").insert(["_id": 1])
        }
        let error = await failure { try await task.value }
        #expect(error?.code == .cancelled)
        let count = try await db.client.collection("things").count()
        #expect(count == 0)
    }

    @Test("at the deadline a call that only read says so, and its later write is not sent", .database(workers: 1))
    func deadlineWhileReading() async throws {
        let db = try TestDatabase.current
        let gate = Gate()
        let error = await failure {
            try await db.client.withLease(deadline: .after(.milliseconds(300))) { lease throws(MongoError) in
                _ = try lease.collection("things").find()
                gate.pass()
                try lease.collection("things").insert(["_id": 1])
            }
        }
        #expect(error?.code == .deadlineExceeded)
        gate.open()
        let count = try await db.client.collection("things").count()
        #expect(count == 0)
    }

    @Test("at the deadline a call that has written leaves its outcome open", .database(workers: 1))
    func deadlineWhileWriting() async throws {
        let db = try TestDatabase.current
        let gate = Gate()
        let error = await failure {
            try await db.client.withLease(deadline: .after(.seconds(2))) { lease throws(MongoError) in
                try lease.collection("things").insert(["_id": 1])
                gate.pass()
            }
        }
        #expect(error?.code == .outcomeUnknown)
        gate.open()
        let count = try await db.client.collection("things").count()
        #expect(count == 1)
    }

    @Test("a thousand calls with deadlines around their own length are answered once each", .database(workers: 4))
    func manyDeadlines() async throws {
        let db = try TestDatabase.current
        let things = db.client.collection("things")
        let codes = await codes(of: 1000) { number in
            try await things.insert(["n": .int(number)], deadline: .after(.milliseconds(number % 100)))
        }
        let confirmed = codes.count { $0 == nil }
        let open = codes.count { $0 == .outcomeUnknown }
        let refused = codes.count { $0 == .deadlineExceeded }
        #expect(confirmed + open + refused == 1000)
        // Confirmed ones are there; those refused in the queue are not; the rest may be.
        let found = try await things.count(deadline: .after(.seconds(60)))
        #expect(found >= confirmed)
        #expect(found <= confirmed + open)
    }

    @Test("after the shutdown every call is refused, those that waited included", .busyWorker)
    func closed() async throws {
        let (client, gate) = try BusyWorker.current
        let things = client.collection("things")
        let task = Task { try await things.insert(["_id": 1]) }
        try await eventually("the call waits") { client.waiting == 1 }
        async let ended: Void = client.shutdownGracefully()
        let error = await failure { try await task.value }
        #expect(error?.code == .closed)
        gate.open()
        await ended
        let late = await failure { try await things.count() }
        #expect(late?.code == .closed)
        await client.shutdownGracefully()
    }
}
