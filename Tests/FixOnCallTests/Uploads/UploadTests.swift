import BSON
import FixOnCallClient
import FixOnCallServer
import Foundation
import Mongo
import MongoTesting
import Roadside
import RoadsideTesting
import Testing

@Suite("D24: photos and papers in, and out again for those whom they concern", .server, .serialized)
struct UploadTests {
    @Test("a photo is stored without its gossip, shown as what it is, and found where the source document says")
    func photo() async throws {
        let owner = try await server().customer()
        let file = MediaSample.jpeg(width: 400, height: 300, with: MediaSample.gossip())
        let answer = try await owner.upload(file, as: "profile_photo", named: "IMG 1.jpg")
        let upload = try #require(try data(answer, 201)["upload"])
        let (id, url) = (try #require(upload["id"]?.string), try #require(upload["url"]?.string))
        #expect(url == "/static/uploads/\(id)" && answer.headers["Location"] == url)
        #expect(upload["content_type"] == "image/jpeg" && upload["width"] == 400 && upload["height"] == 300)
        #expect(upload["purpose"] == "profile_photo" && upload["service_id"] == .null)

        let served = try await owner.file(url)
        #expect(served.status == 200)
        #expect(upload["size"]?.int == Int64(served.body.count))
        #expect(served.body.starts(with: [0xFF, 0xD8]) && served.body.suffix(2) == [0xFF, 0xD9])
        #expect(!served.text.contains(MediaSample.secret))
        #expect(served.headers["Content-Type"] == "image/jpeg")
        #expect(served.headers["Content-Disposition"] == "inline; filename=\"\(id).jpg\"")
        #expect(served.headers["X-Content-Type-Options"] == "nosniff")
        #expect(served.headers["Content-Security-Policy"] == "default-src 'none'; sandbox")
        #expect(served.headers["Cache-Control"] == "private, no-cache")
        let head = try await owner.http.request("HEAD", url, headers: [("Authorization", "Bearer \(owner.token)")])
        #expect(head.status == 200 && head.body.isEmpty && head.headers["ETag"] == served.headers["ETag"])
    }

    @Test("T8: what is stored is sealed, piece for piece, and a piece that was touched or moved does not come out")
    func sealed() async throws {
        let server = try server()
        let owner = try await server.customer()
        let paper = MediaSample.pdf(String(repeating: " ", count: 600_000) + "/Secret(\(MediaSample.secret))")
        let (id, url) = try await owner.stored(paper, as: "document")
        let key = try #require(ObjectID(id))
        let chunks = server.database.client.bucket("uploads").chunks
        let stored = try await chunks.find(["files_id": .id(key)], sort: ["n": 1])
        #expect(stored.count == 3)
        for chunk in stored {
            let bytes = try #require(chunk.get("data", as: [UInt8].self))
            #expect(bytes.count == 261_120 || chunk.get("n") == 2)
            #expect(!String(decoding: bytes, as: UTF8.self).contains("Secret"))
        }
        #expect(try await owner.file(url).body == paper)

        let first = try #require(stored[0]["data"])
        try await chunks.updateOne(["files_id": .id(key), "n": 1], ["$set": ["data": first]])
        let moved = try await owner.file(url, [("Range", "bytes=300000-300010")])
        #expect(moved.status == 500 && !moved.text.contains("Secret"))
        try await chunks.deleteOne(["files_id": .id(key), "n": 0])
        expectProblem(try await owner.file(url), 500, "INTERNAL")
    }

    @Test("a part of a file is 206, across pieces, too; none of it 416; what is no range is the whole; a known tag 304")
    func ranges() async throws {
        let owner = try await server().customer()
        let file = MediaSample.pdf(String(repeating: "0123456789", count: 60_000))
        let (_, url) = try await owner.stored(file, as: "document")
        func ask(_ range: String, _ more: [(String, String)] = []) async throws -> HTTPAnswer {
            try await owner.file(url, [("Range", range)] + more)
        }
        let seam = 261_000
        for (range, part) in [
            ("bytes=0-0", 0..<1), ("bytes=10-19", 10..<20), ("bytes=\(seam)-\(seam + 999)", seam..<seam + 1000),
            ("bytes=-5", file.count - 5..<file.count), ("bytes=\(file.count - 1)-", file.count - 1..<file.count),
            ("bytes=0-999999999", 0..<file.count), ("bytes=-999999999", 0..<file.count),
        ] {
            let answer = try await ask(range)
            #expect(answer.status == 206, "\(range)")
            #expect(answer.body == Array(file[part]), "\(range)")
            let place = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.count)"
            #expect(answer.headers["Content-Range"] == place)
        }
        for range in ["bytes=\(file.count)-", "bytes=-0"] {
            let answer = try await ask(range)
            #expect(answer.status == 416 && answer.headers["Content-Range"] == "bytes */\(file.count)", "\(range)")
        }
        for range in [
            "bytes=5-4", "bytes=a-b", "bytes=", "lines=0-1", "bytes=0-1,4-5", "bytes=--5", "bytes=1--2",
            "bytes=99999999999999999999999-",
        ] {
            let answer = try await ask(range)
            #expect(answer.status == 200 && answer.body == file, "\(range)")
        }
        let tag = try #require(try await ask("bytes=0-1").headers["ETag"])
        #expect(try await owner.file(url, [("If-None-Match", tag)]).status == 304)
        #expect(try await ask("bytes=0-1", [("If-Range", tag)]).status == 206)
        #expect(try await ask("bytes=0-1", [("If-Range", "\"other\"")]).status == 200)
    }

    @Test("T1: who may see a file, for each purpose; a foreign file, a missing one and none at all look alike")
    func audience() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, mechanic) = try await (server.customer(), server.provider(at: spot))
        let (stranger, other) = try await (server.customer(), server.provider(at: Spot.fresh()))
        let admin = try await server.admin()
        let service = try #require(try await customer.request(at: spot)["id"]?.string)
        _ = try data(try await mechanic.ask("POST", "/api/services/\(service)/accept"))
        let photo = try await customer.stored(MediaSample.jpeg(), as: "job_photo", of: service).url
        let vehicle = try await customer.stored(MediaSample.png(), as: "vehicle_image").url
        let paper = try await mechanic.stored(MediaSample.pdf(), as: "document").url
        let face = try await mechanic.stored(MediaSample.webp(), as: "profile_photo").url
        let people = [customer, mechanic, stranger, other, admin]
        // An admin sees a paper by a link of his own only (T8).
        expectProblem(try await admin.file(paper), 403, "FORBIDDEN")
        for (url, may) in [
            (photo, [true, true, false, false, true]), (vehicle, [true, false, false, false, true]),
            (paper, [false, true, false, false]), (face, [false, true, false, false, true]),
        ] {
            for (person, may) in zip(people, may) {
                let answer = try await person.file(url)
                if may { #expect(answer.status == 200) } else { expectProblem(answer, 404, "NOT_FOUND", url) }
            }
            expectProblem(try await customer.http.get(url), 401, "INVALID_TOKEN")
        }
        for name in ["65a50b2c9f1d4e00123456a0", "1", "x", "..%2f..%2fetc"] {
            expectProblem(try await admin.file("/static/uploads/\(name)"), 404, "NOT_FOUND", name)
        }
        // Once it is somebody's face, everybody who is signed in may look at it.
        let id = try #require(face.split(separator: "/").last)
        _ = try data(try await mechanic.ask("PUT", "/api/auth/profile", ["photo_upload_id": .string(String(id))]))
        for person in people { #expect(try await person.file(face).status == 200) }
    }

    @Test("a photo of a service is there for its parties, the other one is told, and nobody else learns of it")
    func servicePhotos() async throws {
        let server = try server()
        let spot = try Spot.fresh()
        let (customer, mechanic) = try await (server.customer(), server.provider(at: spot))
        let service = try #require(try await customer.request(at: spot)["id"]?.string)
        let photo = try await customer.stored(MediaSample.jpeg(), as: "job_photo", of: service)
        let offered = try data(try await mechanic.ask("GET", "/api/services/available"))["services"]
        #expect(offered?[0]?["id"]?.string == service && offered?[0]?["photos"] == [])
        _ = try data(try await mechanic.ask("POST", "/api/services/\(service)/accept"))
        let seen = try data(try await mechanic.ask("GET", "/api/services/\(service)"))["service"]
        #expect(seen?["photos"]?[0]?["url"]?.string == photo.url)
        #expect(seen?["photos"]?[0]?["user_id"]?.string == customer.id)
        let version = try #require(seen?["version"]?.int)
        _ = try await mechanic.stored(MediaSample.png(), as: "job_photo", of: service)
        let after = try data(try await customer.ask("GET", "/api/services/\(service)"))["service"]
        #expect(after?["photos"]?.array?.count == 2 && after?["version"]?.int == version + 1)
        let told = try data(try await customer.ask("GET", "/api/notifications/my-notifications"))["notifications"]
        #expect(told?[0]?["title"] == "Photo added")
        let stranger = try await server.customer()
        expectProblem(
            try await stranger.upload(MediaSample.jpeg(), as: "job_photo", of: service), 404, "NOT_FOUND")
        expectProblem(
            try await customer.upload(MediaSample.jpeg(), as: "job_photo"), 422, fields: ["service_id"])
    }

    @Test("what nobody uses within a day goes, with its bytes; so does what never arrived; what is in use stays")
    func sweeping() async throws {
        try await TestServer.with { server in
            let owner = try await server.customer()
            let used = try await owner.stored(MediaSample.jpeg(), as: "profile_photo")
            _ = try data(try await owner.ask("PUT", "/api/auth/profile", ["photo_upload_id": .string(used.id)]))
            let unused = try await owner.stored(MediaSample.jpeg(), as: "vehicle_image")
            #expect(try await server.roadside.uploads.sweep() == 0)
            let (bucket, drafts) = (
                server.database.client.bucket("uploads"), server.database.client.collection("upload_drafts")
            )
            let lost = ObjectID()
            try await bucket.write([1, 2, 3], as: 1, of: lost)
            let past = Date(timeIntervalSinceNow: -7200)
            try await drafts.insert(["_id": .id(lost), "started_at": .date(past)])
            try await bucket.files.updateOne(
                ["_id": .id(try #require(ObjectID(unused.id)))], ["$set": ["metadata.unused_until": .date(past)]])
            #expect(try await server.roadside.uploads.sweep() == 2)
            #expect(try await drafts.count() == 0)
            let left = try await bucket.chunks.find().compactMap { $0.get("files_id", as: ObjectID.self)?.hex }
            #expect(left == [used.id])
            expectProblem(try await owner.file(unused.url), 404, "NOT_FOUND")
            #expect(try await owner.file(used.url).status == 200)
            #expect(try await server.roadside.uploads.sweep() == 0)
        }
    }

    @Test("T23: a form under a key is taken, twice as two files; files that are refused count to a day's, too")
    func limits() async throws {
        try await TestServer.with({ $0.uploads.perDay = 4 }) { server in
            let owner = try await server.customer()
            var ids: Set<String> = []
            for _ in 0..<2 {
                let answer = try await owner.upload(
                    MediaSample.jpeg(), as: "vehicle_image", headers: [("Idempotency-Key", "one")])
                ids.insert(try #require(try data(answer, 201)["upload"]?["id"]?.string))
                #expect(answer.headers["Idempotent-Replayed"] == nil)
            }
            #expect(ids.count == 2)
            for _ in 0..<2 {
                expectProblem(
                    try await owner.upload(Array("no image".utf8), as: "vehicle_image"), 415, "UNSUPPORTED_MEDIA_TYPE")
            }
            let answer = try await owner.upload(MediaSample.jpeg(), as: "vehicle_image")
            expectProblem(answer, 429, "RATE_LIMITED")
            let wait = answer.headers["Retry-After"].flatMap { Int($0) } ?? 0
            #expect((1...86_400).contains(wait))
            #expect(try await server.database.client.bucket("uploads").files.count() == 2)
        }
    }
}
