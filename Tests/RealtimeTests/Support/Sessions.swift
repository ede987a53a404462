import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

@testable import Realtime

/// Returns every message.
final class EchoSession: SocketSession {
    private let connection: SocketConnection

    init(_ connection: SocketConnection) {
        self.connection = connection
    }

    func opened(_ connection: SocketConnection) {}
    func received(text: [UInt8]) { connection.send(EncodedFrame(text: text)) }
    func received(binary: [UInt8]) { connection.send(EncodedFrame(binary: binary)) }

    static let decide: UpgradeDecider = { _, _, _ in .accept(SocketAcceptance { EchoSession($0) }) }
}

/// Tells a test everything that happens to it and does nothing by itself.
final class WatchedSession: SocketSession {
    enum Event: Equatable, Sendable {
        case opened
        case text(String)
        case binary([UInt8])
        case pong([UInt8])
        case writable
        case rate(Int)
        case closing(UInt16)
        case closed
    }

    private let farewell: EncodedFrame?
    private let note: (Event, SocketConnection?) -> Void
    private var connection: SocketConnection?

    init(farewell: EncodedFrame? = nil, note: @escaping (Event, SocketConnection?) -> Void) {
        (self.farewell, self.note) = (farewell, note)
    }

    func opened(_ connection: SocketConnection) {
        self.connection = connection
        note(.opened, connection)
    }

    func received(text: [UInt8]) { note(.text(String(decoding: text, as: UTF8.self)), connection) }
    func received(binary: [UInt8]) { note(.binary(binary), connection) }
    func received(pong: [UInt8]) { note(.pong(pong), connection) }
    func becameWritable() { note(.writable, connection) }
    func exceededRate(strikes: Int) { note(.rate(strikes), connection) }

    func closing(_ disconnect: Disconnect) -> EncodedFrame? {
        note(.closing(disconnect.code), connection)
        return farewell
    }

    func closed() {
        note(.closed, connection)
        connection = nil
    }
}

/// The events of watched sessions, in order, across threads.
final class Watch: Sendable {
    typealias Note = (event: WatchedSession.Event, connection: SocketConnection?)
    private let sink: AsyncStream<Note>.Continuation
    let notes: AsyncStream<Note>

    init() {
        (notes, sink) = AsyncStream.makeStream(of: Note.self)
    }

    func note(_ event: WatchedSession.Event, _ connection: SocketConnection?) {
        sink.yield((event, connection))
    }

    func decide(farewell: EncodedFrame? = nil) -> UpgradeDecider {
        { [sink] _, _, _ in
            .accept(
                SocketAcceptance { _ in
                    WatchedSession(farewell: farewell) { sink.yield(($0, $1)) }
                })
        }
    }

    /// The connection of the next session to open.
    func opened() async -> SocketConnection? {
        await notes.first { $0.event == .opened }?.connection
    }

    /// Waits for an event; those before it are forgotten.
    func next(_ event: WatchedSession.Event) async -> Bool {
        await notes.contains { $0.event == event }
    }
}
