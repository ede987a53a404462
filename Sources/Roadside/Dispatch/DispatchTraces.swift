import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

/// The book of what searches decided, and why.
struct DispatchTraces: Sendable {
    let dependencies: Dependencies
    private var store: Store { dependencies.store }

    init(_ dependencies: Dependencies) { self.dependencies = dependencies }

    var isKept: Bool { dependencies.settings.traceLifetime != nil }

    /// After the decision has been carried out, so that nobody's alert waits for it. A trace that cannot be kept is said in
    /// the log and hinders nothing.
    func keep(_ trace: DispatchTrace) async {
        guard let lifetime = dependencies.settings.traceLifetime else { return }
        let document = trace.document(purgeAt: trace.at.addingTimeInterval(lifetime.timeInterval))
        do {
            try await store.dispatchTraces.insert(document)
        } catch {
            dependencies.logger.warning("A dispatch trace could not be kept", metadata: ["error": "\(error)"])
        }
    }

    /// The traces of a job, oldest first.
    func traces(of job: ObjectID, after: ObjectID?, limit: Int) async throws(RoadsideError) -> [DispatchTrace] {
        var filter: Document = ["job_id": .id(job)]
        if let after { filter.append("_id", ["$gt": .id(after)]) }
        let wanted = filter
        return try await store.database { () async throws(MongoError) in
            try await store.dispatchTraces.find(wanted, sort: ["_id": 1], limit: limit)
        }.compactMap(DispatchTrace.init)
    }
}
