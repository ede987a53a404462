import EmbeddedMongo
import Foundation

/// Holds a child by a pipe: when this process ends, however it ends, the pipe closes and the child's shell kills the server.
final class Lifeline: @unchecked Sendable {
    // SAFETY: `child` is touched under `spawning` only; the rest is constant.
    /// One at a time in the whole process: between the making of a pipe and its flag another spawn would inherit it.
    private static let spawning = NSLock()
    private var child: (shell: ChildProcess, writeEnd: Int32)?
    private let directory: String
    private let port: Int

    init(directory: String, port: Int) throws {
        self.directory = directory
        self.port = port
        try FileManager.default.createDirectory(atPath: "\(directory)/data", withIntermediateDirectories: true)
        try launch()
    }

    /// Starts the server; one that was killed is started again on its data.
    func launch() throws {
        try Self.spawning.withLock {
            // The shell of the killed server must leave the data where it is.
            release(keepingData: true)
            let binary = try MongodBinary.find(root: FileManager.default.currentDirectoryPath + "/var")
            let script = """
                pidfile=$1; shift
                "$@" </dev/null >/dev/null 2>&1 & pid=$!
                echo $pid > "$pidfile"
                read -r line
                kill -CONT $pid 2>/dev/null; kill -KILL $pid 2>/dev/null; wait $pid
                [ "$line" = keep ] || rm -rf "$(dirname "$pidfile")"
                """
            let arguments =
                ["/bin/sh", "-c", script, "sh", "\(directory)/pid", binary.path]
                + MongodBinary.arguments(data: "\(directory)/data", port: port, cacheGigabytes: 0.25)
                + ["--setParameter", "enableTestCommands=1"] + Self.forgetful
            child = try Self.spawn(arguments)
        }
    }

    /// Every test has a database of its own, with a file for each collection and index. Dropped ones are kept for five
    /// minutes and open ones for ten by default, which would pass the limit of open files half-way through the tests.
    private static let forgetful = [
        "--setParameter", "minSnapshotHistoryWindowInSeconds=0",
        "--wiredTigerEngineConfigString", "file_manager=(close_idle_time=5,close_scan_interval=2)",
    ]

    func signal(_ number: Int32) {
        guard let text = try? String(contentsOfFile: "\(directory)/pid", encoding: .utf8),
            let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return }
        kill(pid, number)
        // The kernel stops one thread after the other: a read sent meanwhile could still be answered.
        if number == SIGSTOP {
            var looks = 0
            while looks < 1000, !Self.standsStill(pid) {
                usleep(1000)
                looks += 1
            }
        }
    }

    private static func standsStill(_ pid: pid_t) -> Bool {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
        return threads.allSatisfy { thread in
            // The state follows the name, which stands in parentheses and may hold anything.
            let stat = try? String(contentsOfFile: "/proc/\(pid)/task/\(thread)/stat", encoding: .utf8)
            return stat?.split(separator: ")").last?.split(separator: " ").first == "T"
        }
    }

    func end() {
        Self.spawning.withLock { release(keepingData: false) }
    }

    private func release(keepingData: Bool) {
        guard let (shell, writeEnd) = child else { return }
        if keepingData { _ = Array("keep\n".utf8).withUnsafeBytes { write(writeEnd, $0.baseAddress, $0.count) } }
        close(writeEnd)
        shell.wait()
        child = nil
    }

    /// Close-on-exec on both ends: a pipe end that another child inherited would keep the server alive for ever.
    private static func spawn(_ arguments: [String]) throws -> (shell: ChildProcess, writeEnd: Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
            throw ChildProcess.Failure(description: "no pipe: errno \(errno)")
        }
        defer { close(ends[0]) }
        do {
            return (try ChildProcess.start(arguments, input: ends[0]), ends[1])
        } catch {
            close(ends[1])
            throw error
        }
    }
}
