import BSON
import Foundation
import RoadsideRules

@testable import Roadside

/// The seed files of the repository, as tests read them.
enum SeedFiles {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Seeds")

    static func reference() throws -> ReferenceData { try ReferenceFolder(contentsOf: JobsWorld.reference).data }

    static func json(_ name: String) throws -> JSON {
        try JSON.parse(try Data(contentsOf: folder.appendingPathComponent("\(name).json")))
    }

    static func accounts(_ seed: String = "nairobi") throws -> SeedAccounts {
        try SeedAccounts(try json(seed), seed: seed, file: "\(seed).json", reference: try reference())
    }

    /// - Parameter change: what a test spoils.
    static func plan(_ change: (inout [String: JSON]) -> Void = { _ in }) throws -> CityPlan {
        var files: [String: JSON] = [:]
        for name in ["places", "people", "history"] { files[name] = try json("nairobi/\(name)") }
        change(&files)
        return try CityPlan(
            places: files["places"] ?? .null, people: files["people"] ?? .null, history: files["history"] ?? .null,
            folder: "nairobi", reference: try reference())
    }

    static func cast(randomSeed: UInt64 = 254) throws -> CityCast {
        CityCast(plan: try plan(), named: try accounts(), randomSeed: randomSeed)
    }
}
