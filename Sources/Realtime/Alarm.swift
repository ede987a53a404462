import NIOCore

/// One timer for all deadlines of a connection: it moves only when a nearer deadline appears, and when it rings too
/// early its owner looks at the deadlines and sets it again. Resetting a deadline with every byte thus costs nothing.
struct Alarm {
    private var set: (due: NIODeadline, task: Scheduled<Void>)?

    /// - Parameter ring: Called on the loop; the owner calls `rang()` first.
    mutating func set(for due: NIODeadline, on loop: any EventLoop, ring: @escaping () -> Void) {
        if let set, set.due <= due { return }
        set?.task.cancel()
        set = (due, loop.assumeIsolated().scheduleTask(deadline: due, ring))
    }

    mutating func rang() {
        set = nil
    }

    mutating func cancel() {
        set?.task.cancel()
        set = nil
    }
}
