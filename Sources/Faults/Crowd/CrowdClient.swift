import BSON
import FixOnCall
import Foundation
import NIOCore
import NIOPosix
import Proving

/// One client of `fixoncall.v1` who obeys the reconnect law (realtime.md §3.11) and remembers what he has heard.
///
/// Confined to the crowd's event loop. Moments are nanoseconds of the monotonic clock, see ``Moment``.
final class CrowdClient {
    /// How a connection of his ended; the code is nil where no closing frame came.
    struct End: Sendable {
        let code: UInt16?
        let at: UInt64
    }

    let index: Int
    let person: Newcomer
    private let loop: any EventLoop
    private let ears: CrowdEars
    /// Where he connects, the next one after each failure.
    var ports: [Int]
    var answersPings = true
    /// Whether he connects again after an end.
    var comesBack = true
    /// So little memory in the kernel that a client who does not read is noticed after some hundred kilobytes.
    var isNarrow = false

    private var channel: (any Channel)?
    private var isReading = true
    private var epoch = ""
    private var head: Int64?
    private var acknowledged: Int64 = 0
    private var code: UInt16?
    private var hint: Int64?
    /// In a row, since the server last said hello: kills follow each other faster than the half minute of health after
    /// which the law forgets them.
    private var failures = 0
    private var isWaiting = false

    /// The newest seq he has.
    private(set) var cursor: Int64 = 0
    /// Every seq in the order of arrival, over all connections.
    private(set) var seqs: [Int64] = []
    private(set) var ends: [End] = []
    /// Handshakes begun, and those answered with something else than a socket.
    private(set) var handshakes = 0
    private(set) var refusals = 0
    /// How often the server could not go on where he was.
    private(set) var resets = 0
    /// The moment at which he was told where the inbox stands, and had everything up to there; nil while he has not.
    private(set) var liveAt: UInt64?
    /// The moment of the last hello.
    private(set) var greetedAt: UInt64?

    init(_ index: Int, _ person: Newcomer, ports: [Int], ears: CrowdEars, loop: any EventLoop) {
        self.index = index
        self.person = person
        self.ports = ports
        self.ears = ears
        self.loop = loop
    }

    var isConnected: Bool { channel != nil }
}

// What he does.
extension CrowdClient {
    func connect() {
        guard channel == nil, comesBack, !isWaiting else { return }
        isWaiting = true
        handshakes += 1
        let port = ports[failures % ports.count]
        let request = request(to: port)
        let owner = NIOLoopBound(self, eventLoop: loop)
        var bootstrap = ClientBootstrap(group: loop)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4096))
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CrowdWire(owner.value, request: request))
                }
            }
        if isNarrow {
            bootstrap =
                bootstrap
                .channelOption(.socketOption(.so_rcvbuf), value: 4096)
                .channelOption(ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: 2)), value: 536)
        }
        bootstrap.connect(host: "127.0.0.1", port: port).assumeIsolated().whenFailure { _ in
            self.isWaiting = false
            self.comeBack()
        }
    }

    /// Takes nothing off the wire, or everything again.
    func reads(_ reads: Bool) {
        isReading = reads
        channel?.setOption(.autoRead, value: reads).whenFailure { _ in }
    }

    /// Vanishes with a reset, as a process that is killed.
    func vanish() {
        (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenFailure { _ in }
        channel?.close(promise: nil)
    }

    /// Says good-bye.
    func leave() {
        guard let channel else { return }
        CrowdWire.write(8, [0x03, 0xe8], to: channel)
    }

    func say(_ json: JSON) {
        guard let channel else { return }
        CrowdWire.write(1, json.bytes(), to: channel)
    }

    private func request(to port: Int) -> String {
        """
        GET \(FixOnCall.socketPath) HTTP/1.1\r
        Host: 127.0.0.1:\(port)\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: fixoncall.v1\r
        Authorization: Bearer \(person.token)\r
        \r

        """
    }

    /// First after a random moment of the first second, then ×2 with full jitter, at most half a minute; after a hint of
    /// the server when it says.
    private func comeBack() {
        guard comesBack, channel == nil, !isWaiting else { return }
        isWaiting = true
        let most = min(30_000, 1000 << min(failures, 5))
        let wait = hint.map { $0 * 1000 + Int64.random(in: 0..<1000) } ?? Int64.random(in: 0..<Int64(most))
        hint = nil
        failures += 1
        loop.assumeIsolated().scheduleTask(in: .milliseconds(wait)) {
            self.isWaiting = false
            self.connect()
        }
    }
}

// What happens to him.
extension CrowdClient {
    func connected(_ channel: any Channel) {
        isWaiting = false
        self.channel = channel
        (head, code) = (nil, nil)
        if !isReading { reads(false) }
        if !comesBack { channel.close(promise: nil) }
    }

    func refused() { refusals += 1 }

    func heard(_ text: ByteBufferView) {
        if text.starts(with: Self.rowStart) { return row(text) }
        guard let json = try? JSON.parse(Array(text)) else { return }
        switch json["op"]?.string {
        case "hello":
            (head, failures) = (json["s"]?.int ?? 0, 0)
            (greetedAt, liveAt) = (Moment.now, nil)
            let told = json["e"]?.string ?? ""
            // He speaks of the life he knows; of another one the server tells him by a reset.
            say(["op": "resume", "s": .int(cursor), "e": .string(epoch.isEmpty ? told : epoch)])
            epoch = told
            acknowledged = cursor
            noteArrival()
        case "reset":
            resets += 1
            cursor = json["s"]?.int ?? cursor
            noteArrival()
        case "ok", "err", "reauth":
            ears.said.append((index, json))
        default: break
        }
    }

    private func row(_ text: ByteBufferView) {
        let seq = Self.number(text.dropFirst(Self.rowStart.count))
        seqs.append(seq)
        cursor = max(cursor, seq)
        noteArrival()
        guard let mark = text.firstIndex(of: UInt8(ascii: "#")) else { return }
        ears.heard.append(.init(mark: Int(Self.number(text[(mark + 1)...])), client: index, at: Moment.now))
    }

    /// At the end of what has arrived together.
    func tookAll() {
        guard cursor > acknowledged, isConnected else { return }
        acknowledged = cursor
        say(["op": "ack", "s": .int(cursor)])
    }

    func closing(_ payload: ByteBufferView) {
        guard payload.count >= 2 else { return }
        code = payload.prefix(2).reduce(0) { $0 << 8 | UInt16($1) }
        let reason = String(decoding: payload.dropFirst(2), as: UTF8.self)
        hint = reason.split(separator: "retry=").dropFirst().first.flatMap { Int64($0) }
    }

    func ended() {
        channel = nil
        ends.append(End(code: code, at: Moment.now))
        (head, liveAt) = (nil, nil)
        comeBack()
    }

    private func noteArrival() {
        guard liveAt == nil, let head, cursor >= head else { return }
        liveAt = Moment.now
    }

    private static let rowStart = Array(#"{"s":"#.utf8)

    private static func number(_ digits: some Sequence<UInt8>) -> Int64 {
        var number: Int64 = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return number
    }
}
