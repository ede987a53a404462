import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

@Suite("F8: reviews", .server, .serialized)
struct ReviewTests {
    @Test("each side reviews the other once; the mechanic's rating follows, and each is told")
    func both() async throws {
        let scene = try await Parties().completed()
        let answer = try await scene.customer.ask(
            "POST", scene.path + "/review", ["rating": 4, "comment": "  Quick and friendly "])
        let review = try #require(try data(answer, 201)["review"])
        #expect(review["by"] == "driver" && review["rating"] == 4 && review["comment"] == "Quick and friendly")
        #expect(review["service_id"]?.string == scene.id)
        #expect(answer.headers["Location"] == scene.path + "/reviews")
        expectProblem(
            try await scene.customer.ask("POST", scene.path + "/review", ["rating": 1]), 409, "CONFLICT")
        let told = try await scene.newest(of: scene.mechanic)
        #expect(told["type"] == "review" && told["data"]?["rating"] == 4)
        #expect(told["message"]?.string?.hasSuffix("gave you 4 of 5 stars: Quick and friendly") == true)

        let other = try data(try await scene.mechanic.ask("POST", scene.path + "/review", ["rating": 5]), 201)
        #expect(other["review"]?["by"] == "mechanic" && other["review"]?["comment"] == .null)
        #expect(try await scene.newest(of: scene.customer)["title"] == "New review")
        for person in [scene.customer, scene.mechanic, try await server().admin()] {
            let both = try data(try await person.ask("GET", scene.path + "/reviews"))["reviews"]?.array
            #expect(both?.compactMap { $0["by"]?.string } == ["driver", "mechanic"])
        }
        let card = try data(try await scene.customer.ask("GET", "/api/mechanics/\(scene.mechanic.id)"))["mechanic"]
        #expect(card?["rating"] == 4 && card?["rating_count"] == 1)
    }

    @Test("a rating is shown with one decimal; whoever is signed in reads the words, and not whose they are")
    func publicWords() async throws {
        let server = try server()
        let scene = try await Parties().completed()
        _ = try data(try await scene.customer.ask("POST", scene.path + "/review", ["rating": 5]), 201)
        let mechanic = scene.mechanic
        for rating in [4, 4] {
            let customer = try await server.customer()
            let place = try data(try await mechanic.ask("GET", "/api/mechanics/me"))["mechanic"]?["location"]
            let help: JSON = ["service_type": "breakdown", "location": try #require(place)]
            let opened = try data(try await customer.ask("POST", "/api/services/request", help), 201)
            let path = "/api/services/\(try #require(opened["service"]?["id"]?.string))"
            for status in ["accepted", "in_progress", "completed"] {
                _ = try data(try await mechanic.ask("PUT", path + "/status", ["status": .string(status)]))
            }
            _ = try data(try await customer.ask("POST", path + "/review", ["rating": .int(Int64(rating))]), 201)
        }
        let stranger = try await server.customer()
        let card = try data(try await stranger.ask("GET", "/api/mechanics/\(mechanic.number)"))["mechanic"]
        #expect(card?["rating"] == 4.3 && card?["rating_count"] == 3)
        let first = try data(try await stranger.ask("GET", "/api/mechanics/\(mechanic.id)/reviews?limit=2"))
        #expect(first["reviews"]?.array?.compactMap { $0["rating"]?.int } == [4, 4])
        #expect(names(in: try #require(first["reviews"])).isDisjoint(with: ["name", "from", "user_id", "phone"]))
        #expect(first["reviews"]?[0]?["service_id"] == .null)
        let cursor = try #require(first["pagination"]?["next_cursor"]?.string)
        let rest = try data(
            try await stranger.ask("GET", "/api/mechanics/\(mechanic.id)/reviews?limit=2&cursor=\(cursor)"))
        #expect(rest["reviews"]?.array?.compactMap { $0["rating"]?.int } == [5])
        #expect(rest["pagination"]?["next_cursor"] == .null)
    }

    @Test("T1, T36: no review of a service that goes on or is somebody else's, and none beyond five stars")
    func refusals() async throws {
        let server = try server()
        let scene = try await Parties()
        let review = scene.path + "/review"
        expectProblem(try await scene.customer.ask("POST", review, ["rating": 5]), 409, "CONFLICT")
        expectProblem(try await scene.mechanic.ask("POST", review, ["rating": 5]), 404)
        _ = try await scene.accepted()
        expectProblem(try await scene.customer.ask("POST", review, ["rating": 5]), 409, "CONFLICT")
        for rating in [0, 6, "5", 4.5, nil] as [JSON] {
            expectProblem(
                try await scene.customer.ask("POST", review, ["rating": rating]), 422, fields: ["rating"], rating.text)
        }
        for stranger in [try await server.customer(), try await server.provider(at: Spot.fresh())] {
            expectProblem(try await stranger.ask("POST", review, ["rating": 5]), 404)
            expectProblem(try await stranger.ask("GET", scene.path + "/reviews"), 404)
        }
        let admin = try await server.admin()
        expectProblem(try await admin.ask("POST", review, ["rating": 5]), 403, "FORBIDDEN")
        expectProblem(try await admin.ask("GET", "/api/mechanics/\(scene.customer.id)/reviews"), 404)
        expectProblem(
            try await admin.ask("GET", "/api/mechanics/\(scene.mechanic.id)/reviews?cursor=x"), 422, fields: ["cursor"])
    }
}
