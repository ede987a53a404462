import EmbeddedMongo
import FixOnCallClient
public import Foundation
import Synchronization

/// One `fixoncall serve` on a port of its own, started, killed and started again by this process.
public final class KillableServer: Sendable {
    /// The server cannot be used; the text says why.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    private let command: [String]
    private let pid = Mutex<pid_t?>(nil)
    private static let living = Mutex<Set<pid_t>>([])

    /// - Parameters:
    ///   - program: the absolute path of `fixoncall`.
    ///   - port: a free one unless given.
    ///   - variables: the settings, as environment variables.
    ///   - log: what the server prints goes there.
    /// - Throws: ``Failure`` when no port is free.
    public init(program: String, port: Int? = nil, variables: [String: String], log: String) throws(Failure) {
        guard let port = port ?? LoopbackPort.free() else { throw Failure(description: "no free port") }
        self.port = port
        let settings = variables.merging(["PORT": String(port)]) { first, _ in first }
            .map { "\($0.key)=\($0.value)" }.sorted()
        // The shell and `env` become the server one after the other, so the pid is the server's.
        command =
            ["/bin/sh", "-c", "exec \"$@\" >>\"$0\" 2>&1", log, "/usr/bin/env"] + settings
            + [program, "serve", "--no-seed"]
    }

    /// Starts the server and waits until it answers.
    ///
    /// - Throws: ``Failure`` when it ends instead, or does not answer within half a minute.
    public func start() async throws {
        let child = try ChildProcess.start(command)
        pid.withLock { $0 = child.pid }
        Self.living.withLock { _ = $0.insert(child.pid) }
        let http = HTTPClient(host: "127.0.0.1", port: port)
        for _ in 0..<1200 {
            if let answer = try? await http.get("/api/health"), answer.status == 200 { return }
            if hasDied { throw Failure(description: "the server on port \(port) ended while it started") }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw Failure(description: "the server on port \(port) does not answer")
    }

    /// Ends it without a warning, and buries it.
    public func kill() { end(SIGKILL) }

    /// Asks it to end, and waits until it has.
    public func stop() { end(SIGTERM) }

    /// Of the running process; nil while there is none.
    public var processID: pid_t? { pid.withLock { $0 } }

    /// Whether it has ended by itself since it was started.
    public var hasDied: Bool {
        pid.withLock { pid in
            guard let known = pid else { return false }
            var status: Int32 = 0
            guard waitpid(known, &status, WNOHANG) == known else { return false }
            Self.living.withLock { _ = $0.remove(known) }
            pid = nil
            return true
        }
    }

    private func end(_ signal: Int32) {
        pid.withLock { pid in
            guard let known = pid else { return }
            _ = Foundation.kill(known, signal)
            var status: Int32 = 0
            // Ten seconds for a farewell.
            var looks = 0
            while looks < 1000, waitpid(known, &status, WNOHANG) == 0 {
                usleep(10_000)
                looks += 1
            }
            if looks == 1000 {
                _ = Foundation.kill(known, SIGKILL)
                while waitpid(known, &status, 0) < 0, errno == EINTR {}
            }
            Self.living.withLock { _ = $0.remove(known) }
            pid = nil
        }
    }

    /// Kills whatever runs; from any thread.
    public static func killAll() {
        living.withLock { for pid in $0 { _ = Foundation.kill(pid, SIGKILL) } }
    }
}
