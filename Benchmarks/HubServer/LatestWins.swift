import NIOCore
import Realtime
import Synchronization

/// The newest message of each topic, handed to the hub together four times a second: what was overtaken meanwhile costs
/// nobody a write.
final class LatestWins: Sendable {
    private let newest = Mutex<[String: EncodedFrame]>([:])

    init(_ hub: Hub<EncodedFrame>, on loop: any EventLoop) {
        loop.scheduleRepeatedTask(initialDelay: Self.pause, delay: Self.pause) { _ in
            let due = self.newest.withLock { newest in
                defer { newest.removeAll(keepingCapacity: true) }
                return newest
            }
            hub.publish(due.map { (message: $0.value, topic: $0.key) })
        }
    }

    func put(_ message: EncodedFrame, to topic: String) {
        newest.withLock { $0[topic] = message }
    }

    private static let pause = TimeAmount.milliseconds(250)
}
