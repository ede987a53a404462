import BSON
import FixOnCallClient
import FixOnCallServer
import Mongo
import MongoTesting
import Roadside
import RoadsideTesting
import Testing

@Suite("What operators see of a running server")
struct OperationsTests {
    @Test("metrics are on a port of their own: every family that alarms hang on, and no id in any label")
    func metrics() async throws {
        try await TestServer.with { settings in
            settings.admin.port = 0
        } _: { server in
            let (customer, admin) = (try await server.customer(), try await server.admin())
            let service = try await customer.request()
            let id = try #require(service["id"]?.string)
            _ = try await customer.ask("GET", "/api/services/\(id)")
            _ = try await customer.ask("GET", "/api/services/\(customer.id)")
            expectProblem(try await customer.ask("GET", "/api/admin/users"), 403)
            _ = try data(try await admin.ask("POST", "/api/admin/users/\(customer.id)/toggle-active"))
            for index in 0..<5 { _ = try await server.http().get("/nowhere/\(index)") }
            let live = try await Live.open(admin)
            let operators = HTTPClient(host: "127.0.0.1", port: try await server.adminPort())
            let answer = try await operators.get("/metrics")
            #expect(answer.status == 200)
            #expect(answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            let lines = answer.text.split(separator: "\n").map(String.init)
            for family in [
                "fixoncall_http_requests_total", "fixoncall_http_request_duration_seconds",
                "fixoncall_http_requests_in_flight", "fixoncall_shed_total",
                "fixoncall_mongo_operation_duration_seconds",
                "fixoncall_mongo_pool_in_use", "fixoncall_mongo_pool_size", "fixoncall_mongo_pool_waiting",
                "fixoncall_mongo_retries_total", "fixoncall_unknown_outcomes_total", "fixoncall_timers_due",
                "fixoncall_timers_oldest_seconds", "fixoncall_sockets", "fixoncall_auth_events_total",
                "fixoncall_password_queue", "fixoncall_event_loop_lag_seconds", "process_resident_memory_bytes",
                "process_open_fds", "process_threads", "process_cpu_seconds_total",
            ] {
                #expect(lines.contains { $0.hasPrefix("# TYPE \(family) ") }, "\(family)")
            }
            #expect(lines.contains("fixoncall_sockets 1"))
            #expect(
                lines.contains(#"fixoncall_http_requests_total{route="(none)",method="GET",status="404"} 5"#))
            let read = #"fixoncall_http_requests_total{route="/api/services/<id>",method="GET",status="#
            #expect(lines.contains(read + #""200"} 1"#) && lines.contains(read + #""404"} 1"#))
            #expect(lines.contains(#"fixoncall_auth_events_total{event="admin_action"} 1"#))
            #expect(lines.contains(#"fixoncall_auth_events_total{event="authz_deny"} 1"#))
            #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") && !$0.hasSuffix(" 0") })
            for line in lines where !line.hasPrefix("#") {
                let isClean = line.firstMatch(of: #/[0-9a-f]{24}|@|\+254|[0-9a-f]{8}-[0-9a-f]{4}/#) == nil
                #expect(isClean, "a label of \(line) looks like an id")
            }
            try await live.socket.close()
        }
    }

    @Test("T27: bytes that are no request, and a header that is too large, are counted and have their line")
    func refused() async throws {
        let log = LineKeeper()
        try await TestServer.with(logging: log) { settings in
            settings.admin.port = 0
        } _: { server in
            let large = "GET /api/health HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 40_000))\r\n\r\n"
            for bytes in ["HELLO\r\n\r\n", large] {
                let socket = try await RawSocket.connect(host: "127.0.0.1", port: server.port)
                try await socket.write(bytes)
                _ = try await socket.readToEnd()
                try await socket.close()
            }
            let operators = HTTPClient(host: "127.0.0.1", port: try await server.adminPort())
            let text = try await operators.get("/metrics").text
            for status in [400, 431] {
                let family =
                    #"fixoncall_http_requests_total{route="(none)",method="other",status="\#(status)"} 1"#
                #expect(text.contains(family), "\(status)")
            }
            try await eventually("their lines are written") {
                let lines = try log.json().filter { $0["msg"] == "Request" && $0["route"] == "(none)" }
                let codes = lines.compactMap { $0["code"]?.string }.sorted()
                return codes == ["HEADER_TOO_LARGE", "MALFORMED_REQUEST"]
                    && lines.allSatisfy { $0["ip"] == "127.0.0.0" && $0["request_id"]?.string != nil }
            }
        }
    }

    @Test("the admin port answers its three questions, reads only, and the API does not tell them")
    func ports() async throws {
        try await TestServer.with { settings in
            settings.admin.port = 0
        } _: { server in
            let operators = HTTPClient(host: "127.0.0.1", port: try await server.adminPort())
            #expect(try await operators.get("/health/live").json == ["status": "live"])
            let ready = try await operators.get("/health/ready")
            #expect(
                ready.json == [
                    "status": "ready", "serving": "up", "database": "up", "migrations": "up", "disk": "up",
                ])
            for path in ["/metrics", "/health/ready"] {
                let head = try await operators.request("HEAD", path)
                #expect(head.status == 200 && head.text.isEmpty && head.headers["Content-Type"] != nil)
                #expect(head.headers["Content-Length"].flatMap { Int($0) } ?? 0 > 0)
            }
            #expect(try await operators.post("/metrics", [:]).status == 405)
            #expect(try await operators.get("/api/health").status == 404)
            let anybody = server.http()
            expectProblem(try await anybody.get("/metrics"), 404, "NOT_FOUND")
            #expect(try data(try await anybody.get("/health/live")) == ["status": "live"])
            #expect(try data(try await anybody.get("/health/ready")) == ["status": "ready"])
        }
    }

    @Test("a database without this version's migrations makes a server unready, and nothing else does")
    func migrations() async throws {
        let keeper = LineKeeper()
        try await TestServer.with(on: try await TestDatabase.fresh(), logging: keeper) { settings in
            settings.admin.port = 0
        } _: { server in
            try await server.database.client.collection("migrations").findOneAndDelete([:], sort: ["_id": -1])
            let operators = HTTPClient(host: "127.0.0.1", port: try await server.adminPort())
            let unready = try await operators.get("/health/ready")
            #expect(unready.status == 503 && unready.json?["migrations"] == "down" && unready.json?["database"] == "up")
            let answer = try await server.http().get("/health/ready")
            expectProblem(answer, 503, "OVERLOADED")
            #expect(answer.headers["Retry-After"] != nil && !answer.text.contains("migrations"))
            #expect(try await server.http().get("/health/live").status == 200)
            let line = try #require(try keeper.json().first { $0["route"] == "/health/ready" })
            #expect(line["level"] == "info" && line["status"] == 503)
            let metrics = try await operators.get("/metrics").text
            #expect(metrics.contains("fixoncall_shed_total{reason=\"overloaded\"} 0\n"))
            try await server.roadside.migrations.run()
            #expect(try await operators.get("/health/ready").status == 200)
        }
    }

    @Test("an admin host that is nowhere is told, and keeps nobody from being served")
    func nowhere() async throws {
        let keeper = LineKeeper()
        try await TestServer.with(logging: keeper) { settings in
            settings.admin.port = 0
            // Longer than a label may be, so that no name server is asked.
            settings.admin.host = String(repeating: "x", count: 64) + ".invalid"
        } _: { server in
            try await eventually("the admin port has failed") {
                keeper.text.contains("The admin port cannot be bound")
            }
            #expect(try await server.http().get("/health/live").status == 200)
        }
    }

    @Test("a request is named by its client when he does it well, and its trace goes on")
    func correlation() async throws {
        let keeper = LineKeeper()
        try await TestServer.with(logging: keeper) { server in
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            let http = server.http()
            for (id, parent) in [
                ("client-id.1", "00-\(trace)-00f067aa0ba902b7-01"), ("short", "00-\(trace)-00f067aa0ba902b7-1"),
            ] {
                let answer = try await http.get(
                    "/health/live", headers: [("X-Request-Id", id), ("traceparent", parent)])
                let named = try #require(answer.headers["X-Request-Id"])
                let line = try #require(try keeper.json().last { $0["msg"] == "Request" })
                #expect(line["request_id"]?.string == named && line["route"] == "/health/live")
                #expect((named == id) == (id == "client-id.1") && (named == id || named.utf8.count == 26))
                #expect((line["trace_id"]?.string == trace) == (id == "client-id.1"), "\(line.text)")
            }
            let twice = [("traceparent", "00-\(trace)-00f067aa0ba902b7-01"), ("traceparent", "x")]
            _ = try await http.get("/health/live", headers: twice)
            #expect(try keeper.json().last?["trace_id"]?.string != trace)
        }
    }

    @Test("T28: whoever says that he comes from elsewhere is still where his connection comes from")
    func forgedAddress() async throws {
        let keeper = LineKeeper()
        try await TestServer.with(logging: keeper) { server in
            let http = server.http()
            for name in ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP"] {
                for value in ["203.0.113.9", "203.0.113.9, 127.0.0.1", "for=203.0.113.9;proto=https"] {
                    #expect(try await http.get("/health/live", headers: [(name, value)]).status == 200)
                }
            }
            let addresses = try keeper.json().filter { $0["msg"] == "Request" }.compactMap { $0["ip"]?.string }
            #expect(addresses.count == 15 && Set(addresses) == ["127.0.0.0"])
            #expect(!keeper.text.contains("203.0.113"))
        }
    }
}
