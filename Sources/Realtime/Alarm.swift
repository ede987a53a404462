import NIOCore

/// One timer for all deadlines of a connection: it moves only when a nearer deadline appears, and when it rings too
/// early its owner looks at the deadlines and sets it again. Resetting a deadline with every byte thus costs nothing.
struct Alarm {
    private var timer: TimerWheel.Timer?

    /// - Parameter ring: called on the wheel's loop; the owner calls `rang()` first.
    mutating func set(for due: NIODeadline, on wheel: TimerWheel, ring: @escaping () -> Void) {
        if let timer, timer.due <= due { return }
        timer?.cancel()
        timer = wheel.set(for: due, ring: ring)
    }

    mutating func rang() {
        timer = nil
    }

    mutating func cancel() {
        timer?.cancel()
        timer = nil
    }
}
