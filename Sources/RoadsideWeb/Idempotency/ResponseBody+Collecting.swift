import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

extension ResponseBody {
    /// Everything that would be sent. The body itself is used up then.
    func collected() async throws -> ByteBuffer {
        let gathered = Gathered()
        try await write(Gatherer(gathered: gathered))
        return gathered.bytes.withLock(\.self)
    }
}

private final class Gathered: Sendable {
    let bytes = Mutex(ByteBuffer())
}

private struct Gatherer: ResponseBodyWriter {
    let gathered: Gathered

    func write(_ buffer: ByteBuffer) async throws {
        gathered.bytes.withLock { _ = $0.writeImmutableBuffer(buffer) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
