import BSON
import Mongo

extension Jobs {
    /// The job that this customer's client calls so (contracts K28); nil when there is none. Another customer's job of the
    /// same name is not found.
    public func job(clientReference reference: String, for caller: Caller) async throws(RoadsideError) -> Job? {
        let document = try await store.database { () async throws(MongoError) in
            try await store.services.findOne(["customer_id": .id(caller.userID), "client_ref": .string(reference)])
        }
        guard let record = JobRecord(document) else { return nil }
        return try await reader.job(record, for: caller)
    }
}
