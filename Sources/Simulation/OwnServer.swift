import EmbeddedMongo
import FixOnCallClient
import Foundation

/// A server of a simulation's own: the real program with an empty database in a folder that goes with it.
public final class OwnServer: Sendable {
    public let port: Int
    private let shell: ChildProcess
    /// The end of a pipe: when it closes, by ``stop()`` or with this process, the shell stops the server.
    private let lifeline: Int32

    /// Starts a server and waits until it answers.
    ///
    /// - Parameters:
    ///   - program: the absolute path of `fixoncall`.
    ///   - directory: the folder with `Config/`.
    ///   - mongod: the database's program.
    ///   - settings: keys and values for `--set`.
    /// - Throws: ``CitySimulation/Failure`` with the end of the server's log.
    public static func start(
        program: String, directory: String, mongod: String, settings: [(key: String, value: String)]
    ) async throws -> OwnServer {
        guard let port = LoopbackPort.free() else { throw CitySimulation.Failure(description: "no free port") }
        // In memory where that is possible: what the disk of this machine can do is no property of a city.
        let base = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm/" : NSTemporaryDirectory()
        let folder = "\(base)fixoncall-city-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let log = "\(folder)/server.log"
        let variables = [
            "FIXONCALL_ENV=test", "ADMIN_PORT=0", "FIXONCALL_STATE=\(folder)", "MONGOD=\(mongod)", "MONGO_URI=",
        ]
        let command =
            ["/usr/bin/env"] + variables + [
                program, "serve", "--no-seed", "--port", "\(port)", "--directory", directory,
            ]
            + settings.flatMap { ["--set", "\($0.key)=\($0.value)"] }
        let server = try OwnServer(
            port: port, ["/usr/bin/setsid", "/bin/sh", "-c", script, "sh", folder, log] + command)
        let http = HTTPClient(host: "127.0.0.1", port: port)
        for _ in 0..<attempts {
            if (try? await http.get("/api/health").status) == 200 { return server }
            guard !hasEnded(in: folder) else { break }
            try await Task.sleep(for: pause)
        }
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        server.stop()
        throw CitySimulation.Failure(description: "its own server does not start:\n\(text.suffix(1500))")
    }

    private init(port: Int, _ arguments: [String]) throws {
        var ends: [Int32] = [0, 0]
        // Closed in every other child: an end that another one inherited would keep the server alive.
        guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw CitySimulation.Failure(description: "no pipe: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[0]) }
        self.port = port
        lifeline = ends[1]
        do {
            shell = try ChildProcess.start(arguments, input: ends[0])
        } catch {
            close(ends[1])
            throw CitySimulation.Failure(description: error.description)
        }
    }

    /// Stops the server and its database, and removes their folder.
    public func stop() {
        close(lifeline)
        shell.wait()
    }

    /// Whether the server has ended on its own; the shell, its parent, waits for other things.
    private static func hasEnded(in folder: String) -> Bool {
        guard let text = try? String(contentsOfFile: "\(folder)/pid", encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return false }
        // The state follows the name, which stands in parentheses and may hold anything.
        let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return stat?.split(separator: ")").last?.split(separator: " ").first == "Z"
    }

    /// In a session of its own, so that an interruption from the keyboard does not reach it: it outlives this process for
    /// a moment, to clean up.
    private static let script = """
        folder=$1; log=$2; shift 2
        "$@" </dev/null >"$log" 2>&1 & pid=$!
        echo $pid >"$folder/pid"
        read -r line
        kill -TERM $pid 2>/dev/null; wait $pid
        rm -rf "$folder"
        """
    private static let attempts = 300
    private static let pause: Duration = .milliseconds(200)
}
