import BSON
import FoundationEssentials
import Mongo

/// Waits until no timer is due and no closed job has an open offer, so that what is left is meant to stay.
struct Quiet: Sendable {
    let client: MongoClient

    /// Gives up after a minute; the checker then says what did not come to rest.
    func wait() async {
        var calm = 0
        for _ in 0..<300 {
            calm = (try? await isQuiet()) == true ? calm + 1 : 0
            // Twice in a row: a job that is being attended to has its timer put off meanwhile.
            if calm == 3 { return }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    private func isQuiet() async throws(MongoError) -> Bool {
        let services = client.collection("services")
        // Searches run out within seconds here; appointments, too.
        let open: Document = ["status": ["$in": ["scheduled", "requested", "matching"]]]
        if try await services.count(open) > 0 { return false }
        let soon = Date().addingTimeInterval(5)
        if try await services.count(["dispatch.next_timer_at": ["$lte": .date(soon)]]) > 0 { return false }
        return try await client.collection("offers").count(["state": "offered"]) == 0
    }
}
