public import BSON
public import Logging
import Telemetry

/// The stream of security events: a line of the log each, and a number for the metrics.
///
/// A line says who by an opaque id, and never what he typed.
public struct SecurityLog: Sendable {
    private let logger: Logger
    private let counters: [SecurityEvent: Counter]

    init(logger: Logger, metrics: MetricRegistry) {
        self.logger = logger
        let counters = SecurityEvent.allCases.map { event in
            (
                event,
                metrics.counter(
                    "fixoncall_auth_events_total", "Security events, by their ids.", [Label("event", event.rawValue)])
            )
        }
        self.counters = Dictionary(counters) { first, _ in first }
    }

    /// - Parameters:
    ///   - user: whom it is about; nil where nobody is known.
    ///   - metadata: opaque ids and words of ours only.
    public func note(_ event: SecurityEvent, of user: ObjectID? = nil, _ metadata: Logger.Metadata = [:]) {
        counters[event]?.add()
        var metadata = metadata
        metadata["stream"] = "security"
        metadata["event"] = "\(event.rawValue)"
        if let user { metadata["user"] = "\(user.hex)" }
        logger.log(level: event.level, "Security event", metadata: metadata)
    }
}

extension SecurityEvent {
    /// What happens to everybody is said quietly.
    fileprivate var level: Logger.Level {
        switch self {
        case .login, .codeFail, .loginFail, .sessionsEnded: .info
        case .authzDeny, .rateLimit, .adminAction, .paperView: .notice
        case .otpLock, .refreshReuse, .spoofLocation, .guessingWave: .warning
        }
    }
}
