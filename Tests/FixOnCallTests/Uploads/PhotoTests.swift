import BSON
import FixOnCallClient
import Mongo
import RoadsideTesting
import Testing

@Suite("Photos of people and of charges", .server, .serialized)
struct PhotoTests {
    @Test("a profile photo is taken into use, replaced and removed; the one before goes")
    func profile() async throws {
        let server = try server()
        let person = try await server.provider(at: nil)
        let path = "/api/auth/profile"
        let first = try await person.stored(MediaSample.jpeg(), as: "profile_photo")
        func change(_ id: JSON) async throws -> HTTPAnswer {
            try await person.ask("PUT", path, ["photo_upload_id": id])
        }
        #expect(try data(try await change(.string(first.id)))["user"]?["photo_url"]?.string == first.url)
        #expect(try data(try await change(.string(first.id)))["user"]?["photo_url"]?.string == first.url)
        let other = try await server.customer()
        let seen = try data(try await other.ask("GET", "/api/mechanics/\(person.id)"))["mechanic"]
        #expect(seen?["photo_url"]?.string == first.url)
        for id in [.string("65a50b2c9f1d4e00123456a0"), 7, true] as [JSON] {
            expectProblem(try await change(id), 422, fields: ["photo_upload_id"], "\(id.text)")
        }
        let stolen = try await other.ask("PUT", path, ["photo_upload_id": .string(first.id)])
        expectProblem(stolen, 422, fields: ["photo_upload_id"])
        let paper = try await person.stored(MediaSample.jpeg(), as: "document")
        expectProblem(try await change(.string(paper.id)), 422, fields: ["photo_upload_id"])

        let second = try await person.stored(MediaSample.png(), as: "profile_photo")
        #expect(try data(try await change(.string(second.id)))["user"]?["photo_url"]?.string == second.url)
        expectProblem(try await other.file(first.url), 404, "NOT_FOUND")
        #expect(try data(try await person.ask("PUT", path, ["name": "Same Photo"]))["user"]?["photo_url"] != .null)
        #expect(try data(try await change(.null))["user"]?["photo_url"] == .null)
        expectProblem(try await other.file(second.url), 404, "NOT_FOUND")
    }

    @Test("F5: a charge shows the photos that its mechanic has added to the service, and no others")
    func evidence() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, mechanic) = try await (server.customer(), server.provider(at: spot))
        let service = try #require(try await customer.request(at: spot)["id"]?.string)
        _ = try data(try await mechanic.ask("POST", "/api/services/\(service)/accept"))
        _ = try data(try await mechanic.ask("PUT", "/api/services/\(service)/status", ["status": "in_progress"]))
        let own = try await mechanic.stored(MediaSample.jpeg(), as: "job_photo", of: service)
        let foreign = try await customer.stored(MediaSample.jpeg(), as: "job_photo", of: service)
        func propose(_ ids: JSON) async throws -> HTTPAnswer {
            try await mechanic.ask(
                "POST", "/api/services/\(service)/extra-charges",
                ["title": "Hose", "amount": 800, "reason": "It leaks", "upload_ids": ids])
        }
        let charge = try data(try await propose([.string(own.id)]), 201)["extra_charge"]
        #expect(charge?["evidence"] == [["id": .string(own.id), "url": .string(own.url)]])
        for ids in [[.string(foreign.id)], ["x"], [.string(own.id), "65a50b2c9f1d4e00123456a0"]] as [JSON] {
            expectProblem(try await propose(ids), 422, fields: ["upload_ids"], "\(ids.text)")
        }
        let seen = try data(try await customer.ask("GET", "/api/services/\(service)"))["service"]
        #expect(seen?["extra_charges"]?[0]?["evidence"]?[0]?["url"]?.string == own.url)
        #expect(try await customer.file(own.url).status == 200)
    }
}
