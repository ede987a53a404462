import Foundation
public import Logging
public import Telemetry

extension LogOutput {
    /// The log of a server: `node` is its machine and process.
    public static func server(_ sink: any LogSink, level: Logger.Level) -> LogOutput {
        let name = ProcessInfo.processInfo.hostName.split(separator: ".").first.map(String.init) ?? "local"
        return LogOutput(
            sink, node: "\(name)-\(ProcessInfo.processInfo.processIdentifier)", version: Health.version, level: level)
    }
}
