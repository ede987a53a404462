import BSON
import Logging

/// Turns what is logged into lines of a ``LogOutput``.
///
/// Messages are sentences that never change; whatever differs is metadata, and passes ``Redaction`` on its way out.
struct JSONLogHandler: LogHandler {
    let output: LogOutput
    let label: String
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level

    init(output: LogOutput, label: String) {
        self.output = output
        self.label = label
        logLevel = output.level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let given = metadataProvider?.get() { all.merge(given) { _, new in new } }
        if let given = event.metadata { all.merge(given) { _, new in new } }
        if let error = event.error { all["error"] = "\(error)" }
        let request = RequestRecord.current
        output.write(event.level, Redaction.applied(to: event.message.description), request: request) { line in
            line.member("logger", label)
            for (key, value) in all.sorted(by: { $0.key < $1.key }) where !Self.isSaid(key, request) {
                line.member(named: key, Self.json(value))
            }
        }
    }

    /// Names that the line has already.
    private static func isSaid(_ key: String, _ request: RequestRecord?) -> Bool {
        switch key {
        case "ts", "level", "msg", "node", "version", "logger": true
        case "request_id", "trace_id", "span_id": request != nil
        default: false
        }
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSON {
        switch value {
        case .string(let text): .string(Redaction.applied(to: text))
        case .stringConvertible(let value): .string(Redaction.applied(to: value.description))
        case .array(let values): .array(values.map(json))
        case .dictionary(let values):
            .object(values.sorted { $0.key < $1.key }.map { JSON.Member($0.key, json($0.value)) })
        }
    }
}
