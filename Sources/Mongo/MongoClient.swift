public import BSON

/// A connection to one database: worker threads which block so that tasks need not, and threads for change streams.
///
/// Shut it down when done; a client which is only forgotten ends its threads as well, but nobody can wait for that.
public final class MongoClient: Sendable {
    public let settings: Settings
    private let connections: ConnectionPool
    private let workers: Workers
    private let watchers = Watchers()
    private let phase = Monitor(Phase.open)
    private let observer: (any MongoObserver)?

    private enum Phase {
        case open, closing, closed
    }

    /// Starts the threads. The server need not be there: calls look for it, and fail when they cannot find it.
    ///
    /// - Parameter observer: hears of every call.
    /// - Throws: ``MongoError`` of code `validation` for an address that cannot be read.
    public init(_ settings: Settings, observer: (any MongoObserver)? = nil) throws(MongoError) {
        self.settings = settings
        self.observer = observer
        connections = try ConnectionPool(settings)
        workers = try Workers(
            count: settings.workers, queueLimit: settings.queueLimit, connections: connections)
    }

    deinit {
        watchers.stop()
        workers.abandon()
    }

    /// The name of the database.
    public var database: String { settings.database }

    /// How many calls wait for a worker, for metrics and load shedding.
    public var waiting: Int { workers.waiting }

    /// How many workers have a call in hand, of ``Settings/workers``.
    public var busy: Int { workers.busy }

    public func collection(_ name: String) -> MongoCollection { MongoCollection(name: name, client: self) }

    /// Runs a command as it is, without the client's concerns.
    ///
    /// - Parameter database: the client's own database unless given.
    @discardableResult
    public func run(
        _ command: Document, on database: String? = nil, deadline: Deadline = .current
    ) async throws(MongoError) -> Document {
        try await perform(Command(command: command, database: database), deadline)
    }

    /// Runs several requests on one worker thread, with one client, without hops between them.
    ///
    /// - Parameter body: blocks that thread; it must not wait for anything but the database.
    public func withLease<T: Sendable>(
        deadline: Deadline = .current, _ body: @escaping @Sendable (MongoLease) throws(MongoError) -> T
    ) async throws(MongoError) -> T {
        let (database, observer) = (settings.database, observer)
        let result: Result<T, MongoError> = await submit(deadline, refusal: { $0 }) { client, call in
            let lease = MongoLease(client: client, database: database, call: call, observer: observer)
            defer { lease.end() }
            return Result { () throws(MongoError) -> T in try body(lease) }
        }
        return try result.get()
    }

    /// Runs the body in a transaction and commits it; anything the body throws aborts it and is rethrown unchanged.
    ///
    /// Snapshot reads, majority writes. When the server asks for it, the body runs again from its beginning after a
    /// little random time, and the commit is repeated, both until the deadline.
    ///
    /// - Parameter body: runs synchronously on a worker thread, possibly several times: it must do nothing that
    ///   cannot be repeated, and wait for nothing but the database.
    /// - Throws: what the body throws; ``MongoError`` of code `outcomeUnknown` when the commit was not confirmed.
    public func transaction<T: Sendable>(
        deadline: Deadline = .current, _ body: @escaping @Sendable (MongoTransaction) throws -> T
    ) async throws -> T {
        let (database, workers, observer) = (settings.database, workers, observer)
        let result: Result<T, any Error> = await submit(deadline, refusal: { $0 }) { client, call in
            let run = TransactionRun<T>(
                client: client, database: database, call: call, observer: observer, pause: workers.pause)
            return Result { try run.run(body) }
        }
        return try result.get()
    }

    /// Follows the changes of a collection, from the moment that ``ChangeStream/Event/opened`` reports.
    ///
    /// - Parameters:
    ///   - pipeline: stages which filter or reshape the changes; they must keep `_id`.
    ///   - fullDocument: updates carry the whole document as it is when they are read.
    public func watch(
        _ collection: String, pipeline: [Document] = [], fullDocument: Bool = false
    ) -> ChangeStream {
        stream(gathering: .milliseconds(5)) { [database] client, token throws(MongoError) in
            try ChangeCursor(
                client: client, database: database, collection: collection, pipeline: pipeline,
                fullDocument: fullDocument, after: token)
        }
    }

    /// Follows what is inserted into a capped collection, from the moment that ``ChangeStream/Event/opened`` reports; each
    /// change is a document itself.
    ///
    /// Unlike ``watch(_:pipeline:fullDocument:)`` it costs the server nothing but the reading of this one collection, and
    /// tells of what a majority may not have yet. What is inserted while it is interrupted is lost to it; `opened` follows.
    /// The collection must have a document: the server lets nobody wait at an empty one.
    ///
    /// - Parameter filter: which documents are told of.
    public func tail(_ collection: String, filter: Document = [:]) -> ChangeStream {
        stream(gathering: .milliseconds(20)) { [database] client, _ throws(MongoError) in
            try TailCursor(client: client, database: database, collection: collection, filter: filter)
        }
    }

    private func stream(gathering: Duration, open: @escaping Watcher.Opening) -> ChangeStream {
        let watcher = Watcher(
            connections: connections, bufferLimit: settings.streamBuffer, gathering: gathering, open: open)
        watchers.start(watcher)
        return ChangeStream(watcher)
    }

    /// Ends the client and waits for its threads: calls which wait are refused with `closed`, those under way end with
    /// their result, streams end. Blocks the calling thread, for as long as a server that does not answer is waited for
    /// (ten seconds and more); within tasks prefer ``shutdownGracefully()``.
    public func shutdown() {
        let isFirst = phase.wait { phase -> Bool? in
            switch phase {
            case .open:
                phase = .closing
                return true
            case .closing: return nil
            case .closed: return false
            }
        }
        guard isFirst else { return }
        watchers.stop()
        workers.stop()
        watchers.join()
        workers.join()
        connections.destroy()
        phase.withLock { $0 = .closed }
        phase.broadcast()
    }

    /// ``shutdown()`` on a thread of its own.
    public func shutdownGracefully() async {
        await withCheckedContinuation { continuation in
            _ = OwnThread(name: "mongo-shutdown") {
                self.shutdown()
                continuation.resume()
            }
        }
    }
}

extension MongoClient {
    /// What a client needs to know.
    public struct Settings: Sendable {
        /// The address; the settings of trust.md §1.2 are added where it does not state its own.
        public var uri: String
        public var database: String
        /// Threads for calls; beyond four per core the server is the limit.
        public var workers: Int
        /// How many calls may wait for a worker.
        public var queueLimit: Int
        /// Shown in the server's log and `currentOp`.
        public var appName: String
        /// How many change streams may be open at once.
        public var streams: Int
        /// How many events a change stream keeps for a slow consumer.
        public var streamBuffer: Int

        public init(
            uri: String, database: String, workers: Int = 8, queueLimit: Int = 1024, appName: String = "fixoncall",
            streams: Int = 16, streamBuffer: Int = 4096
        ) {
            self.uri = uri
            self.database = database
            self.workers = max(1, workers)
            self.queueLimit = max(1, queueLimit)
            self.appName = appName
            self.streams = max(1, streams)
            self.streamBuffer = max(1, streamBuffer)
        }
    }
}

/// The way from a task to a worker and back.
extension MongoClient {
    func perform<O: Operation>(_ operation: O, _ deadline: Deadline) async throws(MongoError) -> O.Answer {
        try await withLease(deadline: deadline) { lease throws(MongoError) in try lease.perform(operation) }
    }

    /// - Parameters:
    ///   - refusal: turns the error of a call that got no result into the caller's kind of error.
    ///   - work: runs on a worker thread; its result is dropped when the call has been answered meanwhile.
    private func submit<T: Sendable, Failure: Error>(
        _ deadline: Deadline, refusal: @escaping @Sendable (MongoError) -> Failure,
        work: @escaping @Sendable (OpaquePointer, Call) -> Result<T, Failure>
    ) async -> Result<T, Failure> {
        let call = Call(deadline: deadline)
        let (workers, observer, listener, asked) = (workers, observer, observer?.listener(), ContinuousClock.now)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                call.attach { error in
                    if error.code == .outcomeUnknown { observer?.lostOutcome() }
                    continuation.resume(returning: .failure(refusal(error)))
                }
                let job = WorkQueue.Job(call: call) { client in
                    let begun = ContinuousClock.now
                    let result = work(client, call)
                    // Before the caller goes on, so that what he says of his call is complete.
                    listener?.ended(waited: asked.duration(to: begun), worked: begun.duration(to: .now))
                    guard call.claim() else { return }
                    if case .failure(let error) = result, (error as? MongoError)?.code == .outcomeUnknown {
                        observer?.lostOutcome()
                    }
                    continuation.resume(returning: result)
                }
                if !call.isAnswered { workers.submit(job) }
            }
        } onCancel: {
            workers.cancel(call)
        }
    }
}
