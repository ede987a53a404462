import BSON
import FixOnCallClient
import Foundation
import Mongo
import Proving

/// Calls for help and what providers answer, over HTTP; and what the database knows of it.
struct Desk: Sendable {
    let world: World

    struct Job: Sendable {
        let id: String
        let number: Int64
    }

    /// - Parameter picked: the provider whom the customer names; nil asks everybody near.
    func open(by customer: Newcomer, at place: Place, picking picked: Newcomer? = nil, server: Int = 0) async throws
        -> Job
    {
        var body: JSON = [
            "service_type": "breakdown", "description": "It does not start",
            "location": place.json.adding("address", "By the road"),
        ]
        if let picked { body.add("mechanic_id", .string(picked.id)) }
        let answer = try await world.http(server).post("/api/services/request", body, token: customer.token)
        guard answer.status == 201, let service = answer.json?["data"]?["service"], let id = service["id"]?.string,
            let number = service["number"]?.int
        else { throw Crowd.Failure(description: "a call for help was answered \(answer.status): \(answer.text)") }
        return Job(id: id, number: number)
    }

    /// - Returns: the status of the answer; nil when there was none.
    func accept(_ job: Job, by provider: Newcomer, over http: HTTPClient, key: String? = nil) async -> Int? {
        let headers = key.map { [("Idempotency-Key", $0)] } ?? []
        return try? await http.post("/api/services/\(job.id)/accept", token: provider.token, headers: headers).status
    }

    /// An offer as it is stored.
    struct Offer: Sendable {
        let job: String
        let provider: String
        let state: String
        let expiresAt: Date
    }

    func offers() async throws -> [Offer] {
        try await world.client.collection("offers").find([:]).compactMap { document in
            guard let job: ObjectID = document.get("job_id"), let provider: ObjectID = document.get("provider_id"),
                let state: String = document.get("state"), let expiresAt: Date = document.get("expires_at")
            else { return nil }
            return Offer(job: job.hex, provider: provider.hex, state: state, expiresAt: expiresAt)
        }
    }

    func offer(_ job: Job, to provider: Newcomer) async throws -> Offer? {
        try await offers().first { $0.job == job.id && $0.provider == provider.id }
    }

    /// Who was told this, once for each row.
    func told(_ message: String) async throws -> [(person: String, job: String)] {
        try await world.client.collection("notifications").find(
            ["body.message": .string(message)], projection: ["recipient_id": 1, "body.job_id": 1]
        ).compactMap { row in
            guard let person: ObjectID = row.get("recipient_id"), let body: Document = row.get("body"),
                let job: ObjectID = body.get("job_id")
            else { return nil }
            return (person.hex, job.hex)
        }
    }

    /// Waits for something in the database.
    ///
    /// - Returns: false when the time has run out.
    @discardableResult
    func wait(within patience: Duration, until condition: @Sendable () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + patience
        while try await !condition() {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(50))
        }
        return true
    }
}
