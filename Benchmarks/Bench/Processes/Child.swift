import Foundation
import Synchronization

/// A program of the run, in a process group of its own. It is killed with the run, however the run ends: by
/// ``stop()``, by ``killAll()`` on Ctrl-C, and by the kernel when this process is killed outright.
final class Child {
    struct Plan {
        /// The program, found through `PATH`, and its arguments.
        var command: [String]
        /// As `taskset` takes it; nil for all cores.
        var core: String?
        var environment: [String: String] = [:]
        var directory: String?
        /// What the program prints goes there, standard output too unless it is to be read.
        var log: String
        var isRead = false
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let pid: pid_t
    let log: String
    private let input: Int32
    private let output: Int32
    private var pending: [UInt8] = []
    private var end: (status: Int32?, microseconds: Double)?

    private static let living = Mutex<Set<pid_t>>([])

    init(_ plan: Plan) throws {
        // The kernel ties a child to the thread that made it, so it must be one that lives as long as the run.
        precondition(Thread.isMainThread, "children are started by the main thread")
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        if plan.isRead {
            guard pipe(&toChild) == 0, pipe(&fromChild) == 0 else {
                throw Failure(description: "no pipe: \(String(cString: strerror(errno)))")
            }
            for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 2, plan.log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        if plan.isRead {
            posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
            posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, 2, 1)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // This process ignores it; a server may rely on the usual.
        var usual = none
        sigaddset(&usual, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        let pinning = plan.core.map { ["taskset", "--cpu-list", $0] } ?? []
        let place = plan.directory.map { ["env", "--chdir", $0] } ?? []
        let words = ["setpriv", "--pdeathsig", "KILL"] + pinning + place + plan.command
        var variables = ProcessInfo.processInfo.environment
        for (name, value) in plan.environment { variables[name] = value }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer {
            arguments.forEach { free($0) }
            environment.forEach { free($0) }
        }
        var started = pid_t()
        let result = posix_spawnp(&started, words[0], &actions, &attributes, &arguments, &environment)
        if plan.isRead {
            close(toChild[0])
            close(fromChild[1])
        }
        guard result == 0 else {
            throw Failure(description: "cannot start \(words[0]): \(String(cString: strerror(result)))")
        }
        (pid, log, input, output) = (started, plan.log, toChild[1], fromChild[0])
        Self.living.withLock { _ = $0.insert(started) }
    }

    deinit { stop() }

    /// Whether the program still runs.
    var isAlive: Bool {
        reap(WNOHANG)
        return end == nil
    }

    /// The next line the program prints; nil when it prints no more.
    func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = read(output, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            pending += bytes[..<count]
        }
    }

    /// Sends an empty line.
    func nudge() {
        _ = write(input, "\n", 1)
    }

    /// Waits for the end.
    /// - Returns: the exit status (nil when a signal ended it) and the CPU time used, in microseconds.
    func wait() -> (status: Int32?, microseconds: Double) {
        reap(0)
        return end ?? (nil, 0)
    }

    /// Asks the program to end, kills it and all it has started after three seconds, and waits.
    func stop() {
        guard isAlive else { return }
        kill(pid, SIGTERM)
        var looks = 0
        while looks < 300, isAlive {
            usleep(10_000)
            looks += 1
        }
        // Workers may outlive whoever started them.
        kill(-pid, SIGKILL)
        reap(0)
    }

    /// Kills the program and all it has started, and waits.
    func cut() {
        guard isAlive else { return }
        kill(-pid, SIGKILL)
        reap(0)
    }

    private func reap(_ options: Int32) {
        guard end == nil else { return }
        var status: Int32 = 0
        var usage = rusage()
        var result = wait4(pid, &status, options, &usage)
        while result < 0, errno == EINTR { result = wait4(pid, &status, options, &usage) }
        guard result != 0 else { return }
        kill(-pid, SIGKILL)
        Self.living.withLock { _ = $0.remove(pid) }
        if input >= 0 { close(input) }
        if output >= 0 { close(output) }
        let time = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) * 1e6 + Double($1.tv_usec) }
        end = (result == pid && status & 0x7f == 0 ? (status >> 8) & 0xff : nil, time)
    }

    /// Kills everything that runs; may be called from any thread.
    static func killAll() {
        living.withLock { for pid in $0 { kill(-pid, SIGKILL) } }
    }

    /// What a short program prints, or nil when it fails; for facts that may be absent.
    static func output(of command: [String], log: String) -> String? {
        guard let child = try? Child(Plan(command: command, log: log, isRead: true)) else { return nil }
        var lines: [String] = []
        while let line = child.line() { lines.append(line) }
        return child.wait().status == 0 ? lines.joined(separator: "\n") : nil
    }
}
