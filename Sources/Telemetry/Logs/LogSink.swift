/// Where finished lines go.
public protocol LogSink: Sendable {
    /// - Parameter line: without a line feed. Must not block.
    func write(_ line: [UInt8])
}
