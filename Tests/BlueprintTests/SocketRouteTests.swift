import Blueprint
import HTTPTypes
import Hummingbird
import Testing

@Suite("Socket routes")
struct SocketRouteTests {
    private let upgrade: HTTPFields = [.connection: "Upgrade", .upgrade: "websocket"]

    private func live() -> TestBlueprint {
        var live = TestBlueprint("live", prefix: "/ws")
        live.socket(
            "/<int:id>/", name: "job",
            handler: { _, context in
                "accepted \(context.routing.endpoint) \(context.routing.parameters.int("id") ?? 0)"
            })
        live.get("/plain", handler: answer("plain"))
        return live
    }

    @Test("an upgrade that is being decided fills the slot, and the router answers 101")
    func accepted() async throws {
        let slot = SocketSlot()
        let reply = try await TestClient(live()).get("/ws/7/", headers: upgrade, slot: slot)
        #expect(reply.status == 101 && reply.headers[.connection] == nil)
        #expect(slot.accepted as? String == "accepted live.job 7")
    }

    @Test("hooks run around a socket's decision, and their headers are on the 101")
    func hooksRun() async throws {
        let trail = Trail()
        var live = live()
        live.before { _, _ in
            trail.add("before")
            return nil
        }
        live.after { _, response, _ in response.headers[.eTag] = "after" }
        live.teardown { _, _, _ in trail.add("teardown") }
        let reply = try await TestClient(live).get("/ws/7/", headers: upgrade, slot: SocketSlot())
        #expect(reply.status == 101 && reply.headers[.eTag] == "after")
        #expect(trail.all == ["before", "teardown"])
    }

    @Test("a before hook, the handler and an after hook can refuse; then the slot stays empty")
    func refusals() async throws {
        var refusing = [live(), live(), live(), live()]
        refusing[0].before { _, _ in Response("who?", .unauthorized) }
        refusing[1].after { _, _, _ in throw HTTPError(.unauthorized) }
        refusing[2].after { _, response, _ in response = Response("no", .unauthorized) }
        refusing[3].socket("/refused", handler: { _, _ in throw HTTPError(.unauthorized) })
        for (index, live) in refusing.enumerated() {
            let slot = SocketSlot()
            let path = index == 3 ? "/ws/refused" : "/ws/7/"
            let reply = try await TestClient(live).get(path, headers: upgrade, slot: slot)
            #expect(reply.status == 401 && slot.accepted == nil && reply.headers[.connection] == "close")
        }
    }

    @Test("a plain request to a socket is 400 through the blueprint's handlers")
    func notAnUpgrade() async throws {
        var live = live()
        #expect(try await TestClient(live).get("/ws/7/").status == 400)
        live.onError(SocketRouteError.self) { error, _, _ in Response("\(error)", error.status) }
        let reply = try await TestClient(live).get("/ws/7/")
        #expect(reply.status == 400 && reply.text == "notAnUpgrade" && reply.headers[.connection] == nil)
        live.onError(.badRequest, handler: say("by status", .badRequest))
        #expect(try await TestClient(live).get("/ws/7/").text == "by status")
    }

    @Test("a late upgrade is 426, names websocket and closes, whatever a handler answers")
    func lateUpgrade() async throws {
        var live = live()
        for handled in [false, true] {
            if handled { live.onError(.upgradeRequired, handler: say("late", .upgradeRequired)) }
            let reply = try await TestClient(live).get("/ws/7/", headers: upgrade)
            #expect(reply.status == 426 && reply.text == (handled ? "late" : ""))
            #expect(reply.headers[.upgrade] == "websocket" && reply.headers[.connection] == "close")
        }
    }

    @Test("an upgrade to another protocol is no late WebSocket")
    func otherUpgrade() async throws {
        let reply = try await TestClient(live()).get("/ws/7/", headers: [.upgrade: "h2c"])
        #expect(reply.status == 400 && reply.headers[.connection] == "close")
    }

    @Test("WebSocket is recognised in any case and among other protocols")
    func upgradeTokens() async throws {
        for token in ["WebSocket", "h2c, websocket", " websocket "] {
            #expect(try await TestClient(live()).get("/ws/7/", headers: [.upgrade: token]).status == 426)
        }
    }

    @Test("hooks come before the question whether it is an upgrade at all")
    func hooksBeforeUpgradeCheck() async throws {
        var live = live()
        live.before { _, _ in Response("who?", .unauthorized) }
        #expect(try await TestClient(live).get("/ws/7/").status == 401)
    }

    @Test(
        "whatever does not become a socket closes a connection that offered an upgrade",
        arguments: ["/ws/plain", "/ws/none", "/ws/%zz", "/elsewhere"])
    func upgradeElsewhere(path: String) async throws {
        let slot = SocketSlot()
        let client = try TestClient(live())
        for reply in [
            try await client.get(path, headers: upgrade, slot: slot),
            try await client.get(path, headers: [.upgrade: "h2c"]),
        ] {
            #expect(reply.status != 101 && reply.headers[.connection] == "close")
        }
        #expect(slot.accepted == nil)
    }

    @Test("a handler's own 101 is no acceptance, nor is that of an error handler")
    func forged101() async throws {
        var overruled = live()
        overruled.after { _, _, _ in throw HTTPError(.forbidden) }
        overruled.onError(.forbidden) { _, _, _ in Response(status: .switchingProtocols) }
        let refused = SocketSlot()
        _ = try await TestClient(overruled).get("/ws/7/", headers: upgrade, slot: refused)
        #expect(refused.accepted == nil)

        var bp = TestBlueprint("bp")
        bp.get("/a", handler: { _, _ in Response(status: .switchingProtocols) })
        let slot = SocketSlot()
        let reply = try await TestClient(bp).get("/a", headers: upgrade, slot: slot)
        #expect(slot.accepted == nil && reply.headers[.connection] == "close")
    }

    @Test("a socket's methods are GET and OPTIONS; it has no HEAD")
    func socketMethods() async throws {
        let reply = try await TestClient(live()).send(.head, "/ws/7/")
        #expect(reply.status == 405 && reply.headers[.allow] == "GET, OPTIONS")
    }

    @Test("socket routes have URLs like any other")
    func socketURL() throws {
        #expect(try BlueprintRouter(live()).url(for: "live.job", ["id": 7]) == "/ws/7/")
    }
}
