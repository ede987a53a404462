/// What the composition root has found out about the things a server depends on.
public struct HealthReport: Sendable {
    /// Anything beside the database that can be up or down.
    public struct Check: Sendable, Hashable {
        public let name: String
        public let isUp: Bool
        /// Whether the server is unhealthy without it.
        public let isVital: Bool

        public init(_ name: String, isUp: Bool, isVital: Bool = false) {
            self.name = name
            self.isUp = isUp
            self.isVital = isVital
        }
    }

    /// Whether the database has answered.
    public let databaseIsUp: Bool
    /// Of the program.
    public let version: String
    public let uptimeSeconds: Int64
    public let checks: [Check]

    public init(databaseIsUp: Bool, version: String, uptimeSeconds: Int64, checks: [Check] = []) {
        self.databaseIsUp = databaseIsUp
        self.version = version
        self.uptimeSeconds = uptimeSeconds
        self.checks = checks
    }

    public var isHealthy: Bool { databaseIsUp && checks.allSatisfy { $0.isUp || !$0.isVital } }
}
