public import Foundation

/// A program started with `posix_spawn`.
///
/// Foundation's `Process` learns of an exit by a socket that grandchildren inherit, so it waits for a daemon's whole life.
public struct ChildProcess: Sendable {
    public let pid: pid_t

    /// The program could not be started.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) { self.description = description }
    }

    /// Starts a program; what it prints is thrown away.
    ///
    /// - Parameters:
    ///   - arguments: the absolute path of the program first.
    ///   - input: the descriptor that becomes its standard input; nothing to read unless given.
    public static func start(_ arguments: [String], input: Int32? = nil) throws(Failure) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        for output: Int32 in [1, 2] { posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0) }
        // Threads of a dispatch queue block nearly every signal, and a child inherits that: a shell would never hear SIGCHLD.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        var pid = pid_t()
        let result = posix_spawn(&pid, arguments[0], &actions, &attributes, &pointers, environ)
        guard result == 0 else {
            throw Failure(description: "cannot start \(arguments[0]): \(String(cString: strerror(result)))")
        }
        return ChildProcess(pid: pid)
    }

    /// Waits for the end.
    ///
    /// - Returns: the exit status, or `nil` when a signal ended it.
    @discardableResult public func wait() -> Int32? {
        var status: Int32 = 0
        var result = waitpid(pid, &status, 0)
        while result < 0, errno == EINTR { result = waitpid(pid, &status, 0) }
        return result == pid && status & 0x7f == 0 ? (status >> 8) & 0xff : nil
    }
}
