public import BSON
public import FoundationEssentials
public import Logging

/// The log of one process: where its lines go and what every line of it says.
///
/// A line is a JSON object (operations.md §5.1). `ts`, `level`, `msg`, `node` and `version` are always there; inside a
/// request `request_id`, `trace_id` and `span_id` are.
public struct LogOutput: Sendable {
    public let sink: any LogSink
    /// Which process of several.
    public let node: String
    /// Of the program.
    public let version: String
    /// What is less is not written.
    public let level: Logger.Level

    public init(_ sink: any LogSink, node: String, version: String, level: Logger.Level = .info) {
        (self.sink, self.node, self.version, self.level) = (sink, node, version, level)
    }

    /// A logger that writes here.
    public func logger(_ label: String) -> Logger { Logger(label: label) { handler($0) } }

    /// What `LoggingSystem.bootstrap` wants.
    public func handler(_ label: String) -> any LogHandler { JSONLogHandler(output: self, label: label) }

    /// Writes one line.
    ///
    /// - Parameter members: what it says besides.
    public func write(
        _ level: Logger.Level, _ message: String, at time: Date = Date(), request: RequestRecord? = .current,
        _ members: (inout JSONWriter) -> Void
    ) {
        guard level >= self.level else { return }
        var writer = JSONWriter(capacity: 512)
        writer.object { line in
            line.member("ts", ISO8601.milliseconds(time))
            line.member("level", level.rawValue)
            line.member("msg", message)
            if let request {
                line.member("request_id", request.requestID)
                line.member("trace_id", request.trace.traceID)
                line.member("span_id", request.trace.spanID)
            }
            members(&line)
            line.member("node", node)
            line.member("version", version)
        }
        sink.write(writer.bytes)
    }
}
