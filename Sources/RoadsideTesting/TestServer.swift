public import FixOnCallClient
public import FixOnCallServer
import Foundation
import Logging
public import MongoTesting
public import Roadside
public import RoadsideWeb
import ServiceLifecycle
import Synchronization
public import Telemetry

/// The whole server in this process, on a free port and a fresh database.
public final class TestServer: Sendable {
    public let port: Int
    public let database: TestDatabase
    public let services: Services
    /// What brings the inboxes to this server's sockets.
    public let hub: InboxHub
    public var roadside: Roadside { services.roadside }
    private let boundAdmin: BoundAdmin
    private let group: ServiceGroup
    private let running: Task<Void, any Error>

    /// Starts a server.
    ///
    /// - Parameter change: settings for this server; cheap hashes, prompt closing and no limit of
    ///   requests are set already.
    public static func start(_ change: (inout Settings) -> Void = { _ in }) async throws -> TestServer {
        let database = try await TestDatabase.migrated()
        return try await start(on: database, change)
    }

    /// The admin port, of a server that was given one; once it is bound.
    public func adminPort() async throws -> Int {
        try await eventually("the admin port is bound") { boundAdmin.port.withLock { $0 } != nil }
        return boundAdmin.port.withLock { $0 } ?? 0
    }

    /// Starts another server on a database that exists.
    ///
    /// - Parameter sink: what keeps its log; nil for a server that says nothing.
    public static func start(
        on database: TestDatabase, logging sink: (any LogSink)? = nil, _ change: (inout Settings) -> Void = { _ in }
    ) async throws -> TestServer {
        var settings = Settings()
        settings.environment = .test
        settings.http.port = 0
        // No test is about how quick this machine is today.
        settings.http.requestSeconds = 60
        settings.admin.port = nil
        settings.mongo.uri = database.uri
        settings.mongo.database = database.name
        settings.mongo.workers = 4
        settings.accounts.bcryptCost = 4
        settings.limits.readsPerMinute = 0
        settings.limits.writesPerMinute = 0
        settings.limits.searchesPerAccount = 0
        settings.sockets.expiryGraceSeconds = 0
        settings.secrets.jwt = "only for tests, thirty-two characters long"
        settings.secrets.pepper = "only for tests, pepper of thirty-two characters"
        settings.secrets.encryption = "only for tests, sealing of thirty-two chars"
        settings.state.reference = Self.reference
        settings.state.directory = database.folder
        change(&settings)
        return try await TestServer(settings: settings, database: database, sink: sink)
    }

    /// The reference data of the repository with the prices of the day, wherever and whenever a test is run.
    public static let reference: String = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Config/reference").path
        guard let copy = try? DaytimeReference.copy(of: folder) else {
            fatalError("the reference data of the repository cannot be copied")
        }
        return copy
    }()

    private init(settings: Settings, database: TestDatabase, sink: (any LogSink)?) async throws {
        let log = sink.map { LogOutput.server($0, level: .trace) }
        let logger = log?.logger("test") ?? Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let services = try await Services.open(settings, logger: logger)
        _ = try await services.roadside.migrations.run()
        let folder = try ReferenceFolder(contentsOf: settings.state.reference)
        try await services.roadside.catalog.install(folder)
        let application = try FixOnCallApplication(services: services, settings: settings, logger: logger, log: log)
        let (ports, bound) = AsyncStream<Int>.makeStream()
        let boundAdmin = BoundAdmin()
        let group = application.serviceGroup(signals: []) { port in
            boundAdmin.port.withLock { $0 = port }
        } started: {
            bound.yield($0.first ?? 0)
        }
        let running = Task {
            defer { bound.finish() }
            try await group.run()
        }
        var port: Int?
        for await found in ports {
            port = found
            break
        }
        guard let port else {
            // The group ended before it listened; its error says why.
            try await running.value
            throw CancellationError()
        }
        self.port = port
        self.boundAdmin = boundAdmin
        self.database = database
        self.services = services
        self.hub = application.hub
        self.group = group
        self.running = running
    }

    /// A new client with a connection of its own.
    public func http() -> HTTPClient {
        HTTPClient(host: "127.0.0.1", port: port)
    }

    /// Opens a socket with a token.
    public func socket(_ path: String, token: String?) async throws -> SocketClient {
        try await SocketClient.connect(
            host: "127.0.0.1", port: port, path: path, headers: token.map { [("Authorization", "Bearer \($0)")] } ?? [])
    }

    /// Stops as SIGTERM does, and keeps the database.
    public func halt() async {
        await group.triggerGracefulShutdown()
        _ = try? await running.value
        await withCheckedContinuation { done in
            // Closing blocks until the database's monitors have ended.
            Thread.detachNewThread { [services] in
                services.close()
                done.resume()
            }
        }
    }

    /// Stops and drops the database.
    public func stop() async {
        await halt()
        await database.drop()
    }
}

/// Where the admin port is, once it is anywhere.
private final class BoundAdmin: Sendable {
    let port = Mutex<Int?>(nil)
}
