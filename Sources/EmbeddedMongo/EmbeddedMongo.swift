import BSON
import Foundation
import Mongo

/// The `mongod` of a development machine: started when nobody has, joined when somebody has, stopped by the last to leave.
///
/// Everything lives below one folder: `data/`, `mongod.log`, `port`, and `users/` with a locked file per server process. The
/// lock on `data/mongod.lock` (the server's own) says whether it runs, so neither a stale pid nor a zombie can mislead.
public struct EmbeddedMongo: Sendable {
    /// The name of the replica set of one.
    public static let replicaSet = "rs0"

    /// The database of Fix On Call (contracts D34: `fix_on_call`).
    public static let database = "fix_on_call"

    /// What can go wrong before the database can say anything itself; the text says what to do.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// A running server, and whether this call started it.
    public struct Running: Sendable {
        public let port: Int
        public let startedHere: Bool

        /// The connection string for clients.
        public var uri: String {
            "mongodb://127.0.0.1:\(port)/\(EmbeddedMongo.database)?replicaSet=\(EmbeddedMongo.replicaSet)"
        }
    }

    /// A server process's claim on the database: the database is not stopped while one is held.
    public struct Membership: Sendable {
        fileprivate let descriptor: Int32
        fileprivate let path: String
    }

    private let directory: String
    private let root: String

    /// - Parameter root: the state folder (`var`); the database lives in `root/db`, a fetched `mongod` in `root/mongodb`.
    public init(root: String) {
        self.root = root
        self.directory = "\(root)/db"
    }

    private var data: String { "\(directory)/data" }
    private var log: String { "\(directory)/mongod.log" }
    private var users: String { "\(directory)/users" }
    /// mongod empties its lock file when it shuts down in order.
    private var hasCrashed: Bool {
        let size = try? FileManager.default.attributesOfItem(atPath: serverLock)[.size] as? Int
        return (size ?? 0) > 0
    }
    private var keepMark: String { "\(directory)/keep" }
    private var serverLock: String { "\(data)/mongod.lock" }

    /// The running server, if any.
    public func status() -> Running? {
        guard FileLock.isHeld(serverLock), let port = recordedPort() else { return nil }
        return Running(port: port, startedHere: false)
    }

    /// The pids of the server processes that have joined.
    public func members() -> [Int] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: users)) ?? []
        return names.filter { FileLock.isHeld("\(users)/\($0)") }.compactMap(Int.init).sorted()
    }

    /// Starts the server, or finds it running; returns when it takes writes.
    ///
    /// - Throws: ``MongodBinary/NotFound`` and ``Failure`` when it cannot be started, `MongoError` when it does not answer.
    public func start() async throws -> Running {
        try FileManager.default.createDirectory(atPath: users, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory)
        let running = try await startLocked()
        let host = "127.0.0.1:\(running.port)"
        let client = try MongoClient(
            .init(
                uri: "mongodb://\(host)/?directConnection=true&serverSelectionTimeoutMS=30000", database: "admin",
                workers: 1, appName: "fixoncall-db")
        )
        defer { client.shutdown() }
        try await ReplicaSet.prepare(client, host: host)
        return running
    }

    /// Joins the database so that it is not stopped under this process; the claim ends with the process at the latest.
    public func join() throws(Failure) -> Membership {
        let path = "\(users)/\(getpid())"
        guard let lock = FileLock(ifFree: path) else {
            throw Failure(description: "this process has joined already (\(path))")
        }
        return Membership(descriptor: lock.hold(), path: path)
    }

    /// Asks that the server stays when the last process leaves: somebody has started it by hand.
    public func keep() throws { try Data().write(to: URL(fileURLWithPath: keepMark)) }

    /// Leaves; the last one to leave stops the server, unless it is to be kept.
    public func leave(_ membership: Membership) {
        unlink(membership.path)
        close(membership.descriptor)
        // A folder that can no longer be locked is being removed: then there is nothing to stop.
        try? whileLocked {
            if members().isEmpty, !FileManager.default.fileExists(atPath: keepMark) { stopServer() }
        }
    }

    /// Starts the server again whenever it has died under those who use it, until the task is cancelled. One that was
    /// stopped on purpose stays stopped.
    ///
    /// - Parameter died: told each time, with the error when it could not be started either.
    public func watch(every interval: Duration = .seconds(2), died: @Sendable ((any Error)?) -> Void) async {
        let clock = ContinuousClock()
        while (try? await clock.sleep(for: interval)) != nil {
            guard status() == nil, hasCrashed else { continue }
            do {
                _ = try await start()
                died(nil)
            } catch {
                died(error)
            }
        }
    }

    /// Stops the server whoever uses it.
    ///
    /// - Returns: whether one was running.
    @discardableResult public func stop() throws(Failure) -> Bool {
        guard FileLock.isHeld(serverLock) else { return false }
        do {
            try whileLocked {
                unlink(keepMark)
                stopServer()
            }
        } catch {
            throw Failure(description: "\(error)")
        }
        guard !FileLock.isHeld(serverLock) else { throw Failure(description: "mongod did not stop; see \(log)") }
        return true
    }
}

extension EmbeddedMongo {
    /// Two servers that start together must not start two databases on one folder.
    private func startLocked() async throws -> Running {
        guard let lock = FileLock(waitingOn: "\(directory)/lock") else { throw unwritable }
        do {
            let running = try await startAlone()
            lock.release()
            return running
        } catch {
            lock.release()
            throw error
        }
    }

    private func startAlone() async throws -> Running {
        if let running = status() { return running }
        let binary = try MongodBinary.find(root: root)
        let recorded = recordedPort()
        let port = try freePort(preferring: recorded)
        // Only a member that has been renamed is looked for under its new port.
        if recorded != nil, recorded != port { try await rename(to: port, binary) }
        // Recorded before it runs: whoever is killed in between must not leave a server that nobody can find.
        try Data("\(port)\n".utf8).write(to: URL(fileURLWithPath: "\(directory)/port"))
        try spawn(binary, port: port)
        return Running(port: port, startedHere: true)
    }

    /// The replica set knows its member by host and port, and a member that does not find itself there takes no command
    /// that could tell it. So it is told as a standalone server, as MongoDB's manual does for members that are offline.
    private func rename(to port: Int, _ binary: MongodBinary) async throws {
        try spawn(binary, port: port, alone: true)
        let client = try MongoClient(
            .init(
                uri: "mongodb://127.0.0.1:\(port)/?directConnection=true&serverSelectionTimeoutMS=30000",
                database: "local", workers: 1))
        let change: BSONValue = ["$set": ["members.0.host": .string("127.0.0.1:\(port)")]]
        let update: Document = ["update": "system.replset", "updates": [["q": [:], "u": change]]]
        do {
            _ = try await client.run(update, deadline: .after(.seconds(20)))
            await client.shutdownGracefully()
        } catch {
            await client.shutdownGracefully()
            stopServer()
            throw error
        }
        stopServer()
    }

    private var unwritable: Failure { Failure(description: "cannot write below \(directory); check its owner") }

    private func whileLocked<Result>(_ work: () throws -> Result) throws -> Result {
        guard let lock = FileLock(waitingOn: "\(directory)/lock") else {
            throw unwritable
        }
        let result = Swift.Result { try work() }
        lock.release()
        return try result.get()
    }

    /// `--fork` gives the server a session of its own (Ctrl-C reaches only us) and returns once it listens.
    private func spawn(_ binary: MongodBinary, port: Int, alone: Bool = false) throws {
        let child = try ChildProcess.start(
            [binary.path] + MongodBinary.arguments(data: data, port: port, cacheGigabytes: 0.5, alone: alone)
                + ["--fork", "--logpath", log, "--logappend", "--pidfilepath", "\(directory)/mongod.pid"])
        let status = child.wait()
        guard status == 0 else {
            throw Failure(
                description: "mongod ended with status \(status.map(String.init) ?? "of a signal"); its log is \(log)")
        }
    }

    private func stopServer() {
        guard FileLock.isHeld(serverLock),
            let text = try? String(contentsOfFile: "\(directory)/mongod.pid", encoding: .utf8),
            let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return }
        kill(pid, SIGTERM)
        // A clean shutdown takes about a second; a checkpoint of a large cache takes longer.
        var looks = 0
        while looks < 300, FileLock.isHeld(serverLock) {
            usleep(100_000)
            looks += 1
        }
    }

    private func recordedPort() -> Int? {
        (try? String(contentsOfFile: "\(directory)/port", encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// The recorded port when it is still free (the replica set knows itself by it), else another one.
    private func freePort(preferring recorded: Int?) throws(Failure) -> Int {
        if let recorded, LoopbackPort.isFree(recorded) { return recorded }
        guard let port = LoopbackPort.free() else { throw Failure(description: "no free loopback port") }
        return port
    }
}
