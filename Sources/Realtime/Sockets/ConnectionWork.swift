import NIOCore

/// The tasks and timers which belong to one connection and end with it; used on its event loop only.
final class ConnectionWork {
    private let loop: any EventLoop
    private let wheel: TimerWheel
    private var isOver = false
    private var tasks: [UInt64: Task<Void, Never>] = [:]
    private var timers: [UInt64: TimerWheel.Timer] = [:]
    private var lastTask: UInt64 = 0

    init(loop: any EventLoop, wheel: TimerWheel) {
        (self.loop, self.wheel) = (loop, wheel)
    }

    func start(_ operation: @escaping @Sendable () async -> Void) {
        guard !isOver else { return }
        lastTask += 1
        let (key, loop) = (lastTask, loop)
        let bound = NIOLoopBound(self, eventLoop: loop)
        tasks[key] = Task {
            await operation()
            loop.execute { bound.value.tasks[key] = nil }
        }
    }

    func schedule(_ id: UInt64, after delay: Duration, _ work: @escaping () -> Void) {
        guard !isOver else { return }
        timers[id] = wheel.set(for: loop.now + TimeAmount(positive: delay)) {
            self.timers[id] = nil
            work()
        }
    }

    func cancelTimer(_ id: UInt64) {
        timers.removeValue(forKey: id)?.cancel()
    }

    /// Cancels everything; nothing can be started afterwards.
    func end() {
        isOver = true
        for task in tasks.values { task.cancel() }
        for timer in timers.values { timer.cancel() }
        (tasks, timers) = ([:], [:])
    }
}
