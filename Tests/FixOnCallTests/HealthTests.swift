import BSON
import HTTPTypes
import RoadsideWeb
import Testing

@testable import FixOnCall

@Suite("D22: a server that cannot work says so")
struct HealthTests {
    @Test("D22, fault 14: without its database it is 503, tells when to come again, and what is wrong")
    func databaseGone() {
        let report = HealthReport(databaseIsUp: false, version: "1.0.0", uptimeSeconds: 1)
        #expect(!report.isHealthy)
        let problem = Problem(HealthRoutes.unhealthy(report))
        #expect(problem.status == .serviceUnavailable)
        #expect(problem.retryAfter != nil)
        let json = problem.json(instance: "/api/health", requestID: "x", at: .documented)
        #expect(json["data"]?["status"] == "unhealthy")
        #expect(json["data"]?["database"] == "disconnected")
    }

    @Test("D22: only what is vital makes it unhealthy")
    func checks() {
        func report(_ check: HealthReport.Check) -> HealthReport {
            HealthReport(databaseIsUp: true, version: "1.0.0", uptimeSeconds: 1, checks: [check])
        }
        #expect(report(.init("mail", isUp: false)).isHealthy)
        #expect(!report(.init("bus", isUp: false, isVital: true)).isHealthy)
        #expect(HealthView.json(report(.init("mail", isUp: false)))["mail"] == "down")
    }
}
