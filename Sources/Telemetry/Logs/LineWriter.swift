import Dispatch
import Glibc
import Synchronization

/// Writes lines to a file descriptor on a thread of its own, as many at once as have come together.
///
/// Whoever logs only copies bytes: a terminal or a pipe that nobody reads must not stop an event loop. What such a reader
/// leaves unread is kept up to a limit; lines beyond it are dropped, and counted in a line of their own.
public final class LineWriter: LogSink {
    private struct State {
        var waiting: [UInt8] = []
        var isDraining = false
        var lost = 0
    }

    private let descriptor: Int32
    private let limit: Int
    private let queue = DispatchQueue(label: "log")
    private let state = Mutex(State())

    /// - Parameters:
    ///   - descriptor: an open file, usually standard output; it stays open.
    ///   - limit: bytes that may wait.
    public init(descriptor: Int32 = 1, limit: Int = 4 << 20) {
        self.descriptor = descriptor
        self.limit = limit
    }

    public func write(_ line: [UInt8]) {
        let starts = state.withLock { state in
            guard state.waiting.count + line.count < limit else {
                state.lost += 1
                return false
            }
            state.waiting += line
            state.waiting.append(UInt8(ascii: "\n"))
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if starts { queue.async { self.drain() } }
    }

    /// Returns when everything said so far has been written. Blocks; for the end of a process.
    public func flush() { queue.sync { self.drain() } }

    private func drain() {
        while true {
            let batch = state.withLock { state -> [UInt8] in
                var batch = state.waiting
                state.waiting.removeAll()
                if state.lost > 0 {
                    batch += Self.confession(state.lost)
                    state.lost = 0
                }
                if batch.isEmpty { state.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            put(batch)
        }
    }

    /// All of it, or nothing more when nobody can read it any longer.
    private func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if count > 0 { done += count } else if count < 0, errno == EINTR { continue } else { return }
            }
        }
    }

    private static func confession(_ count: Int) -> [UInt8] {
        Array("{\"level\":\"warning\",\"msg\":\"Log lines were lost\",\"count\":\(count)}\n".utf8)
    }
}
