import NIOCore

/// The tasks and timers which belong to one connection and end with it; used on its event loop only.
final class ConnectionWork {
    private let loop: any EventLoop
    private let wheel: TimerWheel
    private var isOver = false
    private var tasks: [UInt64: Task<Void, Never>] = [:]
    private var timers: [UInt64: TimerWheel.Timer] = [:]
    private var lastTask: UInt64 = 0
    /// What is done one after the other.
    private var lastInOrder: Task<Void, Never>?
    private var inOrder = 0

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

    /// See ``SocketConnection/runInOrder(_:)``.
    func startInOrder(_ operation: @escaping @Sendable () async -> Void) -> Bool {
        guard !isOver, inOrder < Self.mostInOrder else { return false }
        inOrder += 1
        let (before, loop) = (lastInOrder, loop)
        let bound = NIOLoopBound(self, eventLoop: loop)
        lastInOrder = Task {
            await before?.value
            await operation()
            loop.execute { bound.value.inOrder -= 1 }
        }
        return true
    }

    /// Ours.
    private static let mostInOrder = 16

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

    /// Cancels everything but what is done in order; nothing can be started afterwards.
    func end() {
        isOver = true
        for task in tasks.values { task.cancel() }
        for timer in timers.values { timer.cancel() }
        (tasks, timers) = ([:], [:])
    }
}
