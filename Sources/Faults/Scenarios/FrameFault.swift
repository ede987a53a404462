import BSON
import FixOnCall
import FixOnCallClient
import Proving

/// 12: frames that no honest client sends, while a hundred others listen.
struct FrameFault: Fault {
    static let number = "12"
    static let name = "malformed frames"

    /// What is put on the wire, and the codes that may answer it.
    struct Case: Sendable {
        let name: String
        let codes: Set<UInt16>
        let bytes: [UInt8]

        init(_ name: String, _ codes: Set<UInt16>, _ bytes: [UInt8]) {
            (self.name, self.codes, self.bytes) = (name, codes, bytes)
        }
    }

    /// Masked with zeros: the payload stands as it is.
    private static func frame(_ first: UInt8, _ payload: [UInt8] = []) -> [UInt8] {
        var bytes = [first]
        if payload.count < 126 {
            bytes.append(0x80 | UInt8(payload.count))
        } else {
            bytes += [0xfe, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
        }
        bytes += [0, 0, 0, 0]
        return bytes + payload
    }

    private static func texts(_ text: String) -> [UInt8] {
        // With the third bad message the socket ends.
        (0..<3).flatMap { _ in frame(0x81, Array(text.utf8)) }
    }

    static let cases = headers + lengths + messages

    private static let headers: [Case] = [
        Case("not masked", [1002], [0x81, 0x02, 0x68, 0x69]),
        Case("first reserved bit", [1002], frame(0xc1)),
        Case("third reserved bit", [1002], frame(0x91)),
        Case("reserved opcode", [1002], frame(0x83)),
        Case("reserved control opcode", [1002], frame(0x8b)),
        Case("fragmented ping", [1002], frame(0x09)),
        Case("ping of 126 bytes", [1002], frame(0x89, [UInt8](repeating: 0, count: 126))),
        Case("continuation of nothing", [1002], frame(0x80)),
        Case("message inside a message", [1002], joined(frame(0x01, [0x61]), frame(0x81, [0x62]))),
        Case("closing frame of one byte", [1002], frame(0x88, [0x03])),
        Case("closing code 1005", [1002], frame(0x88, [0x03, 0xed])),
        Case("binary", [1003], frame(0x82, [1])),
    ]

    private static let lengths: [Case] = [
        Case("header of ten megabytes", [1009], [0x81, 0xff, 0, 0, 0, 0, 0, 0xa0, 0, 0, 0, 0, 0, 0]),
        Case("length of more than memory", [1002, 1009], [0x81, 0xff, 0x7f, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]),
        Case("length with the highest bit", [1002, 1009], [0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        Case("message of 17 KiB in fragments", [1009], fragments),
    ]

    private static let messages: [Case] = [
        Case("text not UTF-8", [1007], frame(0x81, [0xc3, 0x28])),
        Case("text not UTF-8 across fragments", [1007], joined(frame(0x01, [0xc3]), frame(0x80, [0x28]))),
        Case("surrogate", [1007], frame(0x81, [0xed, 0xa0, 0x80])),
        Case("no JSON", [4400], texts("hello")),
        Case("no operation", [4400], texts("{}")),
        Case("unknown operation", [4400], texts(#"{"op":"steal"}"#)),
        Case("not a number", [4400], texts(#"{"op":"ack","s":NaN}"#)),
        Case("deeply nested", [4400], texts(String(repeating: "[", count: 4000))),
        Case("byte order mark", [4400], texts("\u{feff}{\"op\":\"ping\"}")),
        Case("seq of the wrong kind", [4400], texts(#"{"op":"ack","s":"1"}"#)),
    ]

    private static func joined(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] { first + second }

    private static var fragments: [UInt8] {
        let part = [UInt8](repeating: 0x61, count: 1024)
        return joined(frame(0x01, part), (0..<16).flatMap { _ in frame(0x00, part) })
    }

    func play(_ stage: Stage, _ verdict: inout Verdict) async throws {
        let world = try await stage.world()
        let bystanders = try await world.customers(100)
        let attackers = try await world.customers(Self.cases.count)
        let crowd = stage.crowd()
        try await crowd.join(bystanders, ports: world.ports)
        try await crowd.gather()
        let look = ProcessLook(world.servers[0].processID)
        let memory = look?.residentKiB ?? 0
        var wrong: [String] = []
        for (attack, person) in zip(Self.cases, attackers) {
            let code = try await Self.play(attack, person, world.ports[0])
            if !(code.map(attack.codes.contains) ?? false) {
                wrong.append("\(attack.name): \(code.map(String.init) ?? "no code")")
            }
        }
        let pusher = Pusher(try world.admin(), ports: world.ports)
        await pusher.toAll(bystanders)
        let ledger = Ledger(client: world.client)
        try await ledger.settle(crowd)
        verdict.note("cases", Self.cases.count)
        verdict.expect("wrong", wrong.count, is: 0)
        if !wrong.isEmpty { verdict.note("wrong_cases", .array(wrong.map { .string($0) })) }
        verdict.expect("bystanders_ended", try await crowd.with { $0.flatMap(\.ends).count }, is: 0)
        verdict.expect("grown_kib", Double(max(0, (look?.residentKiB ?? 0) - memory)), atMost: 16 * 1024)
        verdict.expectWhole(try await ledger.tally(crowd, pusher.pushes))
    }

    /// - Returns: the code of the closing frame; nil when the connection ended without one, or did not end.
    private static func play(_ attack: Case, _ person: Newcomer, _ port: Int) async throws -> UInt16? {
        let socket = try await SocketClient.connect(
            host: "127.0.0.1", port: port, path: FixOnCall.socketPath,
            headers: [("Authorization", "Bearer \(person.token)")], subprotocols: ["fixoncall.v1"])
        _ = try await socket.next(within: .seconds(5))
        try await socket.sendRaw(attack.bytes)
        do {
            while true {
                switch try await socket.next(within: .seconds(8)) {
                case .close(let code, _): return code
                case .ended: return nil
                case .text, .binary: continue
                }
            }
        } catch is ClientError {
            return nil
        }
    }
}
