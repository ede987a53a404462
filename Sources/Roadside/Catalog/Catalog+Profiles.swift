import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension Catalog {
    /// Derives the capabilities of every profile that was derived from older reference data, a page at a time. A profile
    /// that its owner changes in the same moment is left to the next run.
    ///
    /// - Returns: how many profiles were written.
    @discardableResult
    func deriveCapabilities() async throws(RoadsideError) -> Int {
        let data = current
        let filter: Document = [
            "$or": [
                ["capabilities_revision": .null],
                ["capabilities_revision": ["$lt": .int64(data.versions.revision)]],
            ]
        ]
        var total = 0
        while true {
            let page = try await store.database { () async throws(MongoError) in
                try await store.mechanics.find(
                    filter, projection: ["specialization_raw": 1, "fuel_types": 1, "capabilities": 1, "version": 1],
                    limit: Self.page)
            }
            guard !page.isEmpty else { return total }
            let writes = page.map { Self.write($0, by: data) }
            let result = try await store.database { () async throws(MongoError) in
                try await store.mechanics.bulk(writes, ordered: false)
            }
            total += result.matched
            if page.count < Self.page || result.matched == 0 { return total }
        }
    }

    /// Conditional on the profile being as it was read.
    private static func write(_ profile: Document, by data: ReferenceData) -> BulkWrite {
        let derived = DerivedCapabilities(
            specializations: profile.get("specialization_raw") ?? [], fuelTypes: profile.get("fuel_types") ?? [],
            holding: profile.get("capabilities") ?? [], by: data)
        return .updateOne(
            ["_id": profile["_id"] ?? .null, "version": profile["version"] ?? .null],
            ["$set": .document(derived.document), "$inc": ["version": .int64(1)]])
    }

    private static let page = 200
}

/// What a provider's words amount to, and by which reference data.
struct DerivedCapabilities: Sendable {
    let capabilities: Set<String>
    let revision: Int64

    /// - Parameter held: of the profile so far. What has left the reference data stays, for jobs and appointments made
    ///   before that still wait for somebody.
    init(specializations: [String], fuelTypes: [String], holding held: [String] = [], by data: ReferenceData) {
        capabilities = data.capabilities.from(specializations: specializations, carrying: fuelTypes)
            .union(data.capabilities.retired(of: held))
        revision = data.versions.revision
    }

    /// Fields of `mechanics`.
    var document: Document {
        [
            "capabilities": .array(capabilities.sorted().map(BSONValue.string)),
            "capabilities_revision": .int64(revision),
        ]
    }
}
