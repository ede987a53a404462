import NIOCore
import Realtime

/// The way back from a task of a connection to an object on its event loop.
struct LoopReturn<Target: AnyObject>: Sendable {
    private let target: NIOLoopBound<Target>
    private let eventLoop: any EventLoop

    init(to target: Target, on connection: SocketConnection) {
        eventLoop = connection.eventLoop
        self.target = NIOLoopBound(target, eventLoop: connection.eventLoop)
    }

    func execute(_ work: @escaping @Sendable (Target) -> Void) {
        eventLoop.execute { [target] in work(target.value) }
    }
}
