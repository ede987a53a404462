public import BSON
import Synchronization
public import Telemetry

/// A log that is kept for a test.
public final class LineKeeper: LogSink {
    private let bytes = Mutex<[UInt8]>([])

    public init() {}

    public func write(_ line: [UInt8]) { bytes.withLock { $0 += line + [UInt8(ascii: "\n")] } }

    /// Everything logged so far.
    public var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    public var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// - Throws: for a line that is no JSON.
    public func json() throws -> [JSON] { try lines.map { try JSON.parse(Array($0.utf8)) } }
}
