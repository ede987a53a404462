import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("F8: payments", .server, .serialized)
struct PaymentTests {
    private func pay(_ service: JSON?, _ method: String, token: String? = nil) -> JSON {
        var body: JSON = ["service_id": service ?? .null, "method": .string(method)]
        if let token { body.add("token", .string(token)) }
        return body
    }

    @Test("a driver pays by card what the server says; he, his mechanic and staff see it, nobody else")
    func card() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (driver, mechanic) = (try await server.customer(), try await server.provider(at: spot))
        let (other, admin) = (try await server.customer(), try await server.admin())
        let service = try await driver.request(at: spot)
        _ = try data(try await mechanic.ask("POST", "/api/services/\(service["id"]?.string ?? "")/accept"))
        let body = pay(service["id"], "card", token: "test_ok").adding("amount", 1)
        let answer = try await driver.ask("POST", "/api/payments", body)
        let payment = try #require(try data(answer, 201)["payment"])
        #expect(payment["status"] == "succeeded" && payment["method"] == "card")
        #expect(payment["amount"] == service["price_estimate"])
        #expect(payment["mechanic_id"] == .string(mechanic.id))
        let path = "/api/payments/\(try #require(payment["id"]?.string))"
        #expect(answer.headers["Location"] == path)
        #expect(!answer.text.contains("test_ok"))
        for person in [driver, mechanic, admin] {
            #expect(try data(try await person.ask("GET", path))["payment"] == payment)
        }
        expectProblem(try await other.ask("GET", path), 404, "NOT_FOUND")
        for person in [driver, mechanic] {
            #expect(try data(try await person.ask("GET", "/api/payments"))["payments"] == [payment])
        }
        #expect(try data(try await other.ask("GET", "/api/payments"))["payments"] == [])
        let shown = try data(try await driver.ask("GET", "/api/services/\(service["id"]?.string ?? "")"))["service"]
        #expect(shown?["payment_status"] == "paid")
        expectProblem(try await driver.ask("POST", "/api/payments", body), 409, "CONFLICT")
        let told = try data(try await driver.ask("GET", "/api/notifications/my-notifications"))["notifications"]?.array
        #expect(told?.contains { $0["type"] == "payment" && $0["title"] == "Payment received" } == true)
    }

    @Test("cash is announced by the driver and collected by his mechanic, once he is there")
    func cash() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (driver, mechanic) = (try await server.customer(), try await server.provider(at: spot))
        let service = try await driver.request(at: spot)
        let path = "/api/services/\(try #require(service["id"]?.string))"
        let announced = try data(try await driver.ask("POST", "/api/payments", pay(service["id"], "cash")), 201)
        let payment = "/api/payments/\(try #require(announced["payment"]?["id"]?.string))"
        #expect(announced["payment"]?["status"] == "pending")
        _ = try data(try await mechanic.ask("POST", path + "/accept"))
        expectProblem(try await mechanic.ask("POST", payment + "/collected"), 409, "ILLEGAL_TRANSITION")
        expectProblem(try await driver.ask("POST", payment + "/collected"), 403)
        _ = try data(try await mechanic.ask("PUT", path + "/status", ["status": "arrived"]))
        let collected = try data(try await mechanic.ask("POST", payment + "/collected"))["payment"]
        #expect(collected?["status"] == "succeeded" && collected?["amount"] == service["price_estimate"])
        #expect(try data(try await mechanic.ask("POST", payment + "/collected"))["payment"] == collected)
        #expect(try data(try await driver.ask("GET", path))["service"]?["payment_status"] == "paid")
    }

    @Test("a mechanic says that he has cash which nobody announced; a refused card is told and costs nothing")
    func others() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (driver, mechanic) = (try await server.customer(), try await server.provider(at: spot))
        let service = try await driver.request(at: spot)
        let path = "/api/services/\(try #require(service["id"]?.string))"
        let refused = try data(
            try await driver.ask("POST", "/api/payments", pay(service["id"], "card", token: "test_declined")), 201)
        #expect(refused["payment"]?["status"] == "failed" && refused["payment"]?["failure"] == "declined")
        #expect(try data(try await driver.ask("GET", path))["service"]?["payment_status"] == "failed")
        _ = try data(try await mechanic.ask("POST", path + "/accept"))
        _ = try data(try await mechanic.ask("PUT", path + "/status", ["status": "arrived"]))
        let cash = try data(try await mechanic.ask("POST", "/api/payments", pay(service["id"], "cash")), 201)
        #expect(cash["payment"]?["status"] == "succeeded")
        #expect(try data(try await driver.ask("GET", path))["service"]?["payment_status"] == "paid")
    }

    @Test("T38: wrong fields are told by name; a card's number is none of them")
    func wrong() async throws {
        let driver = try await server().customer()
        let service = try await driver.request(at: try Spot.fresh())["id"]
        expectProblem(try await driver.ask("POST", "/api/payments", [:]), 422, fields: ["service_id", "method"])
        expectProblem(try await driver.ask("POST", "/api/payments", pay(service, "card")), 422, fields: ["token"])
        expectProblem(try await driver.ask("POST", "/api/payments", pay(service, "gold")), 422, fields: ["method"])
        expectProblem(
            try await driver.ask("POST", "/api/payments", pay(service, "card", token: "4111 1111 1111 1111")), 422,
            fields: ["token"])
        expectProblem(
            try await driver.ask("POST", "/api/payments", pay("65a50b2c9f1d4e0012345680", "cash")), 404, "NOT_FOUND")
    }
}
