import NIOCore
import NIOEmbedded

@testable import Realtime

/// One socket on a loop whose clock the test turns.
final class Bench {
    let channel = EmbeddedChannel()
    private(set) var events: [WatchedSession.Event] = []
    private(set) var connection: SocketConnection?
    /// What the session does when it is asked for its last words.
    var onClosing: ((SocketConnection?) -> Void)?
    private var outbound = ByteBuffer()

    init(_ limits: SocketLimits = SocketLimits(), farewell: EncodedFrame? = nil) throws {
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
        let loop = channel.eventLoop
        let handler = SocketHandler(
            limits: limits, drain: SocketDrain(limits), loop: loop, wheel: TimerWheel(loop: loop)
        ) { [weak self] connection in
            self?.connection = connection
            return WatchedSession(farewell: farewell) { event, connection in
                self?.events.append(event)
                if case .closing = event { self?.onClosing?(connection) }
            }
        }
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    func receive(_ bytes: [UInt8]) throws {
        try channel.writeInbound(ByteBuffer(bytes: bytes))
    }

    func advance(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
    }

    /// Turns the clock until the next heartbeat, which comes at a random moment.
    @discardableResult
    func advanceToPing() throws -> RawPeer.Frame? {
        for _ in 0..<300 {
            advance(.milliseconds(100))
            if let ping = try sent().first(where: { $0.opcode == 9 }) { return ping }
        }
        return nil
    }

    func setWritable(_ writable: Bool) {
        channel.isWritable = writable
        channel.pipeline.fireChannelWritabilityChanged()
    }

    /// The frames sent since the last call.
    func sent() throws -> [RawPeer.Frame] {
        while let chunk = try channel.readOutbound(as: ByteBuffer.self) { outbound.writeImmutableBuffer(chunk) }
        var frames: [RawPeer.Frame] = []
        while let opcode = outbound.readInteger(as: UInt8.self), let length = outbound.readInteger(as: UInt8.self) {
            frames.append(RawPeer.Frame(opcode: opcode & 0x0F, payload: outbound.readBytes(length: Int(length)) ?? []))
        }
        return frames
    }

    var isOpen: Bool { channel.isActive }
}
