/// The payload of a ping that asks for a receipt: the seq as eight bytes, most significant first (realtime.md §3.4).
enum CursorPing {
    static func payload(_ seq: Int64) -> [UInt8] {
        withUnsafeBytes(of: seq.bigEndian) { Array($0) }
    }

    /// `nil` for the pong of an ordinary heartbeat.
    static func seq(of payload: [UInt8]) -> Int64? {
        guard payload.count == 8 else { return nil }
        return payload.reduce(0) { $0 << 8 | Int64($1) }
    }
}
