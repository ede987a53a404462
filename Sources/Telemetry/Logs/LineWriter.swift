import BSON
import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// Writes lines to a file descriptor on a thread of its own, as many at once as have come together.
///
/// Whoever logs only copies bytes: a terminal or a pipe that nobody reads must not stop an event loop. What such a reader
/// leaves unread is kept up to a limit; lines beyond it, and those that cannot be written, are dropped, and counted
/// in a line of their own.
public final class LineWriter: LogSink {
    private struct State {
        var waiting: [UInt8] = []
        var isDraining = false
        var lost = 0
        /// True when the last byte written is inside a line.
        var isCut = false
        var node = ""
        var version = ""

        /// The line that tells of lost ones.
        var confession: [UInt8] {
            var writer = JSONWriter()
            writer.object { line in
                line.member("ts", ISO8601.milliseconds(Date()))
                line.member("level", "warning")
                line.member("msg", "Log lines were lost")
                line.member("count", .int(Int64(lost)))
                line.member("node", node)
                line.member("version", version)
            }
            return writer.bytes + [LineWriter.feed]
        }
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
            state.waiting.append(Self.feed)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if starts { drainSoon() }
    }

    /// Says whose the lines are, for the one that the writer writes itself.
    public func sign(as log: LogOutput) {
        state.withLock { ($0.node, $0.version) = (log.node, log.version) }
    }

    /// Returns when everything said so far has been written, or when nobody reads it. Blocks; for the end of a process.
    ///
    /// - Parameter seconds: how long a reader may take; a pipe that nobody reads must not keep a process alive.
    public func flush(within seconds: Double = 2) {
        let isDone = DispatchSemaphore(value: 0)
        queue.async {
            self.drain()
            isDone.signal()
        }
        _ = isDone.wait(timeout: .now() + seconds)
    }
}

// MARK: - On the thread of its own

extension LineWriter {
    /// What is written at once.
    private struct Batch {
        var bytes: [UInt8]
        /// Lost lines that its last line tells of.
        let confessed: Int
        /// True when it begins with the line feed of a line that was cut before it.
        let endsCut: Bool
    }

    /// What comes within this time is written together: to wake the thread for each line would cost a server more than
    /// the line does. Ours.
    private static let gathering = DispatchTimeInterval.milliseconds(5)

    private func drainSoon() {
        queue.asyncAfter(deadline: .now() + Self.gathering) {
            // One batch at a time, and then nothing for as long again; the last time finds nothing left.
            if self.drainOnce() { self.drainSoon() }
        }
    }

    private func drain() {
        while drainOnce() {}
    }

    /// - Returns: false when there was nothing, or nobody could read it.
    private func drainOnce() -> Bool {
        guard let batch = next() else { return false }
        let done = put(batch.bytes)
        if done < batch.bytes.count { giveUp(batch, after: done) }
        return done == batch.bytes.count
    }

    private func next() -> Batch? {
        state.withLock { state -> Batch? in
            guard !state.waiting.isEmpty || state.lost > 0 else {
                state.isDraining = false
                return nil
            }
            var batch = Batch(bytes: state.waiting, confessed: state.lost, endsCut: state.isCut)
            state.waiting.removeAll()
            if state.isCut { batch.bytes.insert(Self.feed, at: 0) }
            if state.lost > 0 { batch.bytes += state.confession }
            (state.lost, state.isCut) = (0, false)
            return batch
        }
    }

    /// All of them, or no more when nobody can read them any longer.
    ///
    /// - Returns: how many.
    private func put(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if count > 0 {
                    done += count
                } else if count < 0, errno == EAGAIN {
                    awaitRoom()
                } else if count == 0 || errno != EINTR {
                    break
                }
            }
            return done
        }
    }

    /// A descriptor that does not block, as another program may have set it, is waited for like one that does.
    private func awaitRoom() {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&ready, 1, 1000)
    }

    /// Counts what was not written. The next line tries anew: a full disk may have been emptied.
    private func giveUp(_ batch: Batch, after done: Int) {
        var lost = batch.bytes[done...].count(where: { $0 == Self.feed })
        if done == 0, batch.endsCut { lost -= 1 }
        // Its confession is its last line, and was no line of anybody.
        if batch.confessed > 0 { lost += batch.confessed - 1 }
        let isCut = done == 0 ? batch.endsCut : batch.bytes[done - 1] != Self.feed
        state.withLock { [lost] state in
            state.lost += lost
            state.isCut = isCut
            state.isDraining = false
        }
    }

    private static let feed = UInt8(ascii: "\n")
}
