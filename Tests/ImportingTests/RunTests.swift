import BSON
import FixOnCallClient
import Foundation
import Importing
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Runs that are cut short, collide, or go out and in again")
struct RunTests {
    /// Two batches of people and two of jobs, every tenth of whom is a provider.
    private static func large() throws -> ExportFolder {
        let users = (1...1200).map { number in
            let isProvider = number.isMultiple(of: 10)
            return """
                {"id": \(number), "name": "Person \(number)", "email": "q\(number)@example.com", \
                "phone_number": "+2547330\(10000 + number)", "user_type": "\(isProvider ? "assistant" : "client")"}
                """
        }
        let jobs = (1...1100).map { number in
            """
            {"id": \(number), "client": \(number % 9 + 1), "assistant": \(number % 100 * 10 + 10), "pickup_lat": -1.29, \
            "pickup_lng": 36.82, "status": "completed", "rating": 4, "total_price": 1500}
            """
        }
        return try ExportFolder([
            "users.jsonl": users.joined(separator: "\n"), "assistances.jsonl": jobs.joined(separator: "\n"),
        ])
    }

    @Test("a run that ends anywhere leaves whole people and jobs, and the next one finishes it", arguments: 0...6)
    func cut(batches: Int) async throws {
        try await TestServer.with { server in
            let folder = try Self.large()
            defer { folder.remove() }
            let importer = Importer(server: server)
            let (first, _) = try await importer.run(.depannini, folder.path, ImportOptions(mostBatches: batches))
            #expect(first.isCut == (batches < 6))
            try await Self.expectWhole(importer)
            let (second, rows) = try await importer.run(.depannini, folder.path)
            #expect(rows.isEmpty && !second.isCut)
            let new = [first, second].map { $0.table("users").new }
            #expect(new[0] + new[1] == 1200)
            let counts = try await importer.counts()
            #expect(counts == [1200, 120, 1100, 1100])
            try await Self.expectWhole(importer)
        }
    }

    /// Providers have both their documents, jobs their reviews, and stars are the sums of these.
    private static func expectWhole(_ importer: Importer) async throws {
        let providers = try await importer.count("users", ["roles": "provider"])
        let mechanics = try await importer.count("mechanics")
        #expect(providers == mechanics)
        let (jobs, reviews) = (try await importer.count("services"), try await importer.count("reviews"))
        #expect(jobs == reviews)
        let rated = try await importer.server.database.client.collection("mechanics").find()
        let stars = rated.reduce(0) { $0 + ($1.value(at: ["rating", "sum"]).flatMap(Int.init(bson:)) ?? 0) }
        #expect(stars == reviews * 4)
    }

    @Test("two runs at once share the work and write nothing twice")
    func twice() async throws {
        try await TestServer.with { server in
            let folder = try Self.large()
            defer { folder.remove() }
            let importer = Importer(server: server)
            async let one = importer.run(.depannini, folder.path)
            async let two = importer.run(.depannini, folder.path)
            let reports = [try await one.report, try await two.report]
            let new = reports.map { $0.table("users").new + $0.table("assistances").new }
            #expect(new[0] + new[1] == 2300)
            let counts = try await importer.counts()
            #expect(counts == [1200, 120, 1100, 1100])
            try await Self.expectWhole(importer)
        }
    }

    @Test("whoever has an account here already keeps it: the row of his address stays out")
    func collision() async throws {
        try await TestServer.with { server in
            let known = try await server.customer("Zawadi Njeri")
            let folder = try ExportFolder([
                "users.csv": "id,name,email,user_type\n1,Somebody,\(known.email),client\n2,Other,o@example.com,client\n"
            ])
            defer { folder.remove() }
            let (report, rows) = try await Importer(server: server).run(.depannini, folder.path)
            #expect(report.table("users").new == 1)
            #expect(rows.map(\.line) == [2])
        }
    }

    @Test("what goes out in the shape of a system comes into an empty database whole", arguments: OldSystem.allCases)
    func roundTrip(system: OldSystem) async throws {
        let folder = try ExportFolder()
        defer { folder.remove() }
        let before = try await Self.exported(system, to: folder)
        try await TestServer.with { server in
            let importer = Importer(server: server)
            let (_, rows) = try await importer.run(system, folder.path)
            #expect(rows.map(\.reason).isEmpty)
            let after = try await importer.counts()
            #expect(after == before)
            let answer = try await server.http().post(
                "/api/auth/login",
                ["email": "akinyi.odhiambo@example.com", "password": .string(Importer.password)])
            #expect(answer.status == 200)
            let mechanic = try #require(try await importer.find("mechanics", ["name": "Peter Mwangi"]))
            #expect(mechanic.value(at: ["rating", "avg"]).flatMap(Double.init(bson:)) == 5)
            #expect(mechanic.get("dispatchable") == true)
        }
    }

    /// The sample of Fix On Call, in the shape of a system; its counts.
    private static func exported(_ system: OldSystem, to folder: ExportFolder) async throws -> [Int] {
        var counts: [Int] = []
        try await TestServer.with { server in
            let importer = Importer(server: server)
            _ = try await importer.sample(.fixOnCall)
            counts = try await importer.counts()
            let plain = Export(as: system, of: server.roadside)
            let secretFree = "\(folder.path)-plain"
            _ = try await plain.run(to: secretFree)
            let users = try String(contentsOfFile: "\(secretFree)/users.jsonl", encoding: .utf8)
            #expect(!users.contains("$2b$") && users.contains("akinyi.odhiambo@example.com"))
            try FileManager.default.removeItem(atPath: secretFree)
            let export = Export(as: system, of: server.roadside, withPasswordHashes: true)
            _ = try await export.run(to: folder.path)
            await #expect(throws: ImportFault.self) { try await export.run(to: folder.path) }
        }
        return counts
    }

    @Test("the old database itself is read by its address")
    func database() async throws {
        let old = try await TestDatabase.fresh()
        try await old.client.collection("users").insert([
            "_id": .id(ObjectID()), "email": "direct@example.com", "name": "Direct Reader", "phone": "0722100900",
            "user_type": "driver", "created_at": .date(Date(timeIntervalSince1970: 1_700_000_000)),
        ])
        try await TestServer.with { server in
            let plan = Import(from: .fixOnCall, into: server.roadside)
            let report = try await plan.run(.database(uri: old.uri, name: old.name))
            #expect(report.table("users").new == 1)
            #expect(report.missing == ["mechanics", "reviews", "services"])
            let count = try await Importer(server: server).count("users", ["phone": "+254722100900"])
            #expect(count == 1)
        }
        await old.drop()
    }
}
