import CMongoC
import Glibc
import Synchronization

/// A thread of this target, outside Swift's cooperative pool, on which calls may block.
final class OwnThread: Sendable {
    private let handle: Handle
    private let isJoined = Mutex(false)

    /// Starts `body` at once.
    ///
    /// - Parameter name: shown by `top -H` and debuggers; the kernel keeps fifteen bytes of it.
    init(name: String, _ body: @escaping @Sendable () -> Void) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var id = pthread_t()
        let status = pthread_create(
            &id, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                cmongo_name_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard status == 0 else { fatalError("the system refuses a new thread (error \(status))") }
        handle = Handle(id: id)
    }

    deinit {
        if !isJoined.withLock({ $0 }) { pthread_detach(handle.id) }
    }

    /// Blocks until the body has returned. Only the first call waits; the thread itself may not call it.
    func join() {
        let isFirst = isJoined.withLock { joined in
            defer { joined = true }
            return !joined
        }
        if isFirst { pthread_join(handle.id, nil) }
    }
}

/// SAFETY: the id is a number that never changes; join and detach happen once between them, by `isJoined`.
private struct Handle: @unchecked Sendable {
    let id: pthread_t
}

private final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = String(decoding: Array(name.utf8.prefix(15)), as: UTF8.self)
        self.body = body
    }
}
