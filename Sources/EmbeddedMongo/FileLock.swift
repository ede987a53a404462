import Foundation

/// An advisory lock (`flock`) on a file: it ends with the process that holds it, so nothing stale survives a kill.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock, waiting for whoever holds it; `nil` when the file cannot be opened.
    init?(waitingOn path: String) {
        self.init(path: path, operation: LOCK_EX)
    }

    /// Takes the lock only when it is free.
    init?(ifFree path: String) {
        self.init(path: path, operation: LOCK_EX | LOCK_NB)
    }

    private init?(path: String, operation: Int32) {
        // Close-on-exec: a child that inherited the descriptor would keep the lock alive.
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        var result = flock(descriptor, operation)
        while result != 0, errno == EINTR { result = flock(descriptor, operation) }
        guard result == 0 else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Lets go of the lock here, not wherever the optimiser ends the value's life.
    consuming func release() {}

    /// Keeps the lock for as long as the process lives, and gives the descriptor to end it earlier.
    consuming func hold() -> Int32 {
        let kept = dup(descriptor)
        return kept
    }

    /// Whether somebody (another process, or another descriptor of this one) holds the lock on a file that exists.
    static func isHeld(_ path: String) -> Bool {
        guard FileManager.default.fileExists(atPath: path) else { return false }
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }
}
