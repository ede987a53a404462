import BSON
import RoadsideRules

/// Finds out whether the servers honour `Idempotency-Key`: opens a job twice with one key.
struct KeyProbe: Sendable {
    let customer: VirtualPerson
    let admin: VirtualPerson

    func honoursKeys() async -> Bool {
        let body: JSON = [
            "service_type": "breakdown", "description": "probe",
            // Where no provider is.
            "location": ["latitude": 4.0, "longitude": 36.0, "address": "Far away"],
        ]
        let wish = VirtualPerson.Wish(
            kind: .open, path: "/api/services/request", body: body, key: "probe-\(customer.id)", mark: "probe")
        var jobs: Set<String> = []
        for server in 0..<2 {
            guard let id = await customer.insist(wish, from: server).record.job else { continue }
            jobs.insert(id)
        }
        for job in jobs.sorted() {
            let end = VirtualPerson.Wish(
                kind: .cancel, path: "/api/services/\(job)/cancel", body: ["reason": "only a probe"], job: job)
            _ = await admin.insist(end, from: 0)
        }
        return jobs.count == 1
    }
}
