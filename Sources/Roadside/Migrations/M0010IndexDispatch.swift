import BSON
import Mongo
import RoadsideRules

/// What dispatch reads beside its timers: jobs that wait for a round of assignments, who is around without being on duty,
/// and the traces of its decisions.
struct M0010IndexDispatch: Migration {
    let number = 10
    let name = "index dispatch"
    let restoresCollections = true

    func apply(to store: Store) async throws(MongoError) {
        try await store.reference(.dispatch).createIndexes([Self.policies], deadline: .current)
        try await store.services.createIndexes([Self.rounds], deadline: .current)
        try await store.mechanics.createIndexes([Self.offDuty], deadline: .current)
        try await store.dispatchTraces.createIndexes(Self.traces, deadline: .current)
    }

    static let policies = Index(name: "policies_version", keys: ["key": 1, "version": -1], unique: true)
    static let rounds = Index(
        name: "services_round", keys: ["dispatch.round_at": 1],
        partialFilter: ["dispatch.round_at": ["$exists": true]])
    /// Together with the index of those on duty it holds everybody once, so a position that moves costs one key as before.
    static let offDuty = Index(
        name: "mechanics_off_duty", keys: ["location": "2dsphere"], partialFilter: ["dispatchable": false])
    static let traces = [
        Index(name: "dispatch_traces_job", keys: ["job_id": 1, "_id": 1]),
        Index(name: "dispatch_traces_round", keys: ["round_id": 1], partialFilter: ["round_id": ["$exists": true]]),
        Index(name: "dispatch_traces_purge", keys: ["purge_at": 1], expireAfterSeconds: 0),
    ]
}
