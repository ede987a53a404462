import BSON
import FixOnCallServer
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import RoadsideTesting
import Testing

/// Customers far from each other, each with providers of his own near by, of whom the first is asked alone.
struct AskedScenes {
    struct Scene {
        let job: ObjectID
        let providers: [Person]
    }

    let database: TestDatabase
    let scenes: [Scene]

    /// One provider is asked at a time, and has time enough to outlive a test.
    static let settings: @Sendable (inout Settings) -> Void = {
        ($0.dispatch.mode, $0.dispatch.offerSeconds) = ("cascade", 300)
    }

    /// Opens so many jobs and waits until each has been offered to one of three.
    init(_ count: Int, at server: TestServer) async throws {
        database = server.database
        var scenes: [Scene] = []
        for index in 0..<count {
            let spot = try #require(GeoPoint(latitude: Double(index) * 2 - 20.2921, longitude: 16.8219))
            let customer = try await server.customer()
            var providers: [Person] = []
            for _ in 1...3 { providers.append(try await server.provider(at: spot)) }
            let job = try await customer.request(latitude: spot.latitude, longitude: spot.longitude)
            let id = try #require(job["id"]?.string.flatMap { ObjectID($0) })
            scenes.append(Scene(job: id, providers: providers))
        }
        self.scenes = scenes
        try await eventually("one provider is asked about each") {
            try await states().allSatisfy { $0 == ["offered"] }
        }
    }

    /// Lets every open offer run out at a moment of the database's clock, the first scene's at this one, and each
    /// further one's so much later.
    func runOut(at moment: Date, eachLaterBy seconds: Double = 0) async throws {
        for (index, scene) in scenes.enumerated() {
            let due = BSONValue.date(moment.addingTimeInterval(Double(index) * seconds))
            try await database.client.collection("offers").updateMany(
                ["job_id": .id(scene.job), "state": "offered"], ["$set": ["expires_at": due]])
            try await database.client.collection("services").updateOne(
                ["_id": .id(scene.job)], ["$set": ["dispatch.next_timer_at": due]])
        }
    }

    /// The states of each job's offers, sorted.
    func states() async throws -> [[String]] {
        var states: [[String]] = []
        for scene in scenes {
            let offers = try await database.client.collection("offers").find(["job_id": .id(scene.job)])
            states.append(offers.compactMap { $0.get("state", as: String.self) }.sorted())
        }
        return states
    }

    /// What the providers of each job have been told, each as the kinds of his rows in order; those told nothing are
    /// left out.
    func told() async throws -> [[[String]]] {
        var told: [[[String]]] = []
        for scene in scenes {
            var kinds: [[String]] = []
            for provider in scene.providers {
                let rows = try await database.client.collection("notifications").find(
                    ["recipient_id": .id(ObjectID(provider.id) ?? ObjectID())], sort: ["seq": 1])
                kinds.append(rows.compactMap { $0.get("kind", as: String.self) })
            }
            told.append(kinds.filter { !$0.isEmpty }.sorted { $0.count > $1.count })
        }
        return told
    }
}
