import NIOCore
import Synchronization

/// The deadlines of the connections of one event loop: set and cancelled in constant time, however many there are.
///
/// The loop keeps its own timers in one heap, and to take one out it looks through all of them: ten thousand sockets that
/// end at once would hold it up for seconds. Here a timer stands in the list of its second, and only the second that has
/// come is put in order. A timer rings at its very moment all the same. Used on its loop only.
final class TimerWheel {
    /// One deadline.
    final class Timer {
        let due: NIODeadline
        fileprivate var ring: (() -> Void)?

        fileprivate init(due: NIODeadline, ring: @escaping () -> Void) {
            (self.due, self.ring) = (due, ring)
        }

        func cancel() { ring = nil }
    }

    private let loop: any EventLoop
    /// Those of later seconds; what is farther away than the wheel goes round is looked at again on the way, so that a
    /// cancelled timer leaves within a turn.
    private var slots = [[Timer]](repeating: [], count: TimerWheel.seconds)
    private var waiting = 0
    /// The second that has come, counted as the loop's clock does.
    private var second: UInt64 = 0
    /// Its timers and what is left of those before, the next at the end.
    private var coming: [Timer] = []
    private var alarm: (due: NIODeadline, task: Scheduled<Void>)?

    init(loop: any EventLoop) {
        self.loop = loop
    }

    /// - Parameter ring: called on the loop, once, unless the timer is cancelled before.
    func set(for due: NIODeadline, ring: @escaping () -> Void) -> Timer {
        if waiting == 0, coming.isEmpty { second = Self.second(of: loop.now) }
        let timer = Timer(due: due, ring: ring)
        if !putOff(timer) {
            // Among equals the first set is the first to ring.
            let place = coming.partitioningIndex { $0.due <= due }
            coming.insert(timer, at: place)
        }
        arm()
        return timer
    }

    /// False when its second has come.
    private func putOff(_ timer: Timer) -> Bool {
        let wanted = Self.second(of: timer.due)
        guard wanted > second else { return false }
        slots[Self.slot(of: min(wanted, second + UInt64(Self.seconds) - 1))].append(timer)
        waiting += 1
        return true
    }

    private func rang() {
        alarm = nil
        let now = loop.now
        turn(to: Self.second(of: now))
        while let timer = coming.last, timer.due <= now {
            coming.removeLast()
            let ring = timer.ring
            timer.ring = nil
            ring?()
        }
        arm()
    }

    private func turn(to present: UInt64) {
        while second < present, waiting > 0 {
            second += 1
            let timers = slots[Self.slot(of: second)]
            slots[Self.slot(of: second)] = []
            waiting -= timers.count
            let due = timers.filter { $0.ring != nil && !putOff($0) }
            // Sorting keeps the order of equals, which here is turned round.
            coming = (coming.reversed() + due).sorted { $0.due < $1.due }.reversed()
        }
        second = max(second, present)
    }

    private func arm() {
        let tick = waiting > 0 ? NIODeadline.uptimeNanoseconds((second + 1) * Self.nanoseconds) : nil
        guard let due = [coming.last?.due, tick].compactMap(\.self).min() else { return }
        if let alarm, alarm.due <= due { return }
        alarm?.task.cancel()
        alarm = (due, loop.assumeIsolated().scheduleTask(deadline: due) { self.rang() })
    }

    private static func second(of moment: NIODeadline) -> UInt64 { moment.uptimeNanoseconds / nanoseconds }

    private static func slot(of second: UInt64) -> Int { Int(second % UInt64(seconds)) }

    /// Ours: heartbeats, stalls and handshakes go by within a turn.
    private static let seconds = 64
    private static let nanoseconds: UInt64 = 1_000_000_000
}

/// The wheels of a server's event loops.
final class TimerWheels: Sendable {
    private let wheels = Mutex<[ObjectIdentifier: NIOLoopBound<TimerWheel>]>([:])

    /// Called on that loop.
    func wheel(of loop: any EventLoop) -> TimerWheel {
        wheels.withLock { wheels in
            if let wheel = wheels[ObjectIdentifier(loop)] { return wheel }
            let wheel = NIOLoopBound(TimerWheel(loop: loop), eventLoop: loop)
            wheels[ObjectIdentifier(loop)] = wheel
            return wheel
        }.value
    }
}

extension [TimerWheel.Timer] {
    /// The first place from which on all meet `condition`, where those that do stand behind those that do not.
    fileprivate func partitioningIndex(_ condition: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
