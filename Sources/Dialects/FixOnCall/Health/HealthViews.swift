import BSON
import RoadsideWeb

/// The report in this dialect's words.
enum HealthView {
    static func json(_ report: HealthReport) -> JSON {
        var json: JSON = [
            "status": .string(report.isHealthy ? "healthy" : "unhealthy"),
            "database": .string(report.databaseIsUp ? "connected" : "disconnected"),
            "version": .string(report.version), "uptime_seconds": .int(report.uptimeSeconds),
        ]
        for check in report.checks { json.add(check.name, .string(check.isUp ? "up" : "down")) }
        return json
    }

    static let example: JSON = [
        "status": "healthy", "database": "connected", "version": "1.0.0", "uptime_seconds": 42,
        "doorbell": "up",
    ]
}
