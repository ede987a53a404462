import EmbeddedMongo
import FixOnCallClient
public import Foundation
public import MongoTesting

/// The real program `fixoncall serve` as a process of its own, for tests that kill it.
public final class ServerProcess: Sendable {
    public let port: Int
    private let pid: pid_t

    /// Starts the program on a database and waits until it answers.
    ///
    /// - Parameters:
    ///   - port: the same again after a kill, as a supervisor would do it; a free one unless given.
    ///   - crashAt: a named crash point, see the server's `CRASH_AT`.
    public static func start(on database: TestDatabase, port: Int? = nil, crashAt: String? = nil) async throws
        -> ServerProcess
    {
        guard let port = port ?? LoopbackPort.free() else { throw UnexpectedAnswer(description: "no free port") }
        let process = Process()
        process.executableURL = program
        process.arguments = ["serve", "--no-seed"]
        process.environment = [
            "FIXONCALL_ENV": "test", "ADMIN_PORT": "0", "PORT": String(port), "MONGO_URI": database.uri,
            "MONGO_DATABASE": database.name, "ACCOUNTS_BCRYPT_COST": "4", "FIXONCALL_STATE": database.folder,
            "LIMITS_READS_PER_MINUTE": "0", "LIMITS_WRITES_PER_MINUTE": "0", "LIMITS_SEARCHES_PER_ACCOUNT": "0",
            "CRASH_AT": crashAt ?? "",
            "LOG_LEVEL": "error", "STATE_REFERENCE": TestServer.reference,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let server = ServerProcess(port: port, pid: process.processIdentifier)
        let http = HTTPClient(host: "127.0.0.1", port: port)
        try await eventually("the server answers", within: .seconds(60)) {
            guard process.isRunning else {
                throw UnexpectedAnswer(description: "the server ended with \(process.terminationStatus)")
            }
            return (try? await http.get("/api/health").status) == 200
        }
        return server
    }

    private init(port: Int, pid: pid_t) {
        (self.port, self.pid) = (port, pid)
    }

    /// Sends a signal and does not wait.
    public func signal(_ number: Int32) { kill(pid, number) }

    /// Waits until the process has ended.
    public func ended() async throws {
        do {
            try await eventually("the server process ends", within: .seconds(60)) { self.state == nil }
        } catch {
            throw UnexpectedAnswer(description: "the server process does not end; its state is \(state ?? "?")")
        }
    }

    /// As the kernel calls it; nil when it is gone, or dead and only not yet collected by this process.
    private var state: Character? {
        guard let line = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return nil }
        // Behind the name, which may hold anything.
        let state = line.split(separator: ")").last?.first { $0 != " " }
        return state == "Z" ? nil : state
    }

    /// `fixoncall`, beside the test bundle in the build folder.
    public static var program: URL {
        let arguments = CommandLine.arguments
        let bundle = arguments.first { $0.hasSuffix(".xctest") } ?? arguments[0]
        return URL(fileURLWithPath: bundle).resolvingSymlinksInPath().deletingLastPathComponent()
            .appendingPathComponent("fixoncall")
    }
}
