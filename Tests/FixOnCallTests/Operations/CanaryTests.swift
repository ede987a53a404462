import BSON
import FixOnCallClient
import FixOnCallServer
import MongoTesting
import RoadsideTesting
import Testing

/// Plants something unmistakable wherever a secret is sent, and looks for it wherever nothing secret may come out.
@Suite("T7: a canary planted in every secret field appears in no log, answer, metric or frame")
struct CanaryTests {
    @Test("T7, T15, T26: one rescue with all that people say and send, and what strangers try meanwhile")
    func rescue() async throws {
        let keeper = LineKeeper()
        try await TestServer.with(logging: keeper) { settings in
            settings.admin.port = 0
        } _: { server in
            var scene = try await CanaryScene(server)
            let ears = [try await Live.open(scene.stranger), try await Live.open(scene.rival)]
            for ear in ears { try await ear.resume(ear.head) }
            try await scene.signIn()
            try await scene.handIn()
            try await scene.call()
            try await scene.talk()
            try await scene.snoop()
            try await scene.oddities()
            for ear in ears {
                scene.foreign += try await ear.framesSoFar().map(\.text).joined(separator: "\n")
            }
            let operators = HTTPClient(host: "127.0.0.1", port: try await server.adminPort())
            let metrics = try await operators.get("/metrics").text
            let ready = try await operators.get("/health/ready").text
            #expect(metrics.contains("fixoncall_http_requests_total") && ready.contains("ready"))

            let canaries = scene.canaries
            #expect(canaries.planted.count >= 40)
            #expect(scene.foreign.utf8.count > 5000)
            let seen = (
                canaries.found(in: keeper.text) + scene.told.found(in: keeper.text),
                canaries.found(in: metrics + ready) + scene.told.found(in: metrics + ready)
            )
            #expect(seen.0.isEmpty, "in the log: \(seen.0)")
            #expect(seen.1.isEmpty, "in metrics and health: \(seen.1)")
            let told = canaries.found(in: scene.foreign)
            #expect(told.isEmpty, "with strangers: \(told)")
            try expectOrder(in: keeper)
        }
    }

    /// Every line is JSON, each request has one access line, and no line tells more than it may.
    private func expectOrder(in keeper: LineKeeper) throws {
        let lines = try keeper.json()
        let access = lines.filter { $0["msg"] == "Request" }
        #expect(access.count >= 60)
        let ids = access.compactMap { $0["request_id"]?.string }
        #expect(ids.count == access.count && Set(ids).count == ids.count, "one request, one line")
        let known: Set = [
            "ts", "level", "msg", "request_id", "trace_id", "span_id", "route", "method", "status", "dur_ms",
            "queue_ms", "db_ms", "bytes", "code", "user", "role", "ip", "node", "version",
        ]
        for line in access {
            let names = Set((line.object ?? []).map(\.name))
            #expect(names.isSubset(of: known), "\(line.text)")
            #expect(line["ip"] == "127.0.0.0", "\(line.text)")
        }
        let signedIn = try #require(access.first { $0["user"] != nil && $0["db_ms"] != nil && $0["status"] == 200 })
        #expect(signedIn["queue_ms"] != nil && signedIn["role"] != nil)
        let events = Set(lines.filter { $0["stream"] == "security" }.compactMap { $0["event"]?.string })
        for event in ["login", "login_fail", "code_fail", "authz_deny", "refresh_reuse", "sessions_ended"] {
            #expect(events.contains(event), "\(event) is not among \(events.sorted())")
        }
    }
}
