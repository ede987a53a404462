import BSON
import FoundationEssentials
import Mongo

extension FinalState {
    /// Reads everything the rules look at. Nobody writes any more, so the collections fit together.
    static func read(_ client: MongoClient) async throws(MongoError) -> FinalState {
        var state = FinalState(at: Recorder.now)
        func documents(_ name: String, _ projection: Document? = nil) async throws(MongoError) -> [Document] {
            try await client.collection(name).find(
                [:], sort: ["_id": 1], projection: projection, deadline: .after(.seconds(60)))
        }
        state.jobs = try await documents("services").compactMap(Job.init)
        state.offers = try await documents("offers").compactMap(Offer.init)
        state.providers = try await documents("mechanics", ["availability": 1, "current_job": 1])
            .compactMap(Provider.init)
        // The servers' canaries are rows for nobody.
        state.rows = try await documents("notifications").filter { $0.get("kind") != "canary" }.compactMap(Row.init)
            .sorted { ($0.recipient, $0.seq) < ($1.recipient, $1.seq) }
        for head in try await documents("inbox_heads") {
            guard let id: ObjectID = head.get("_id"), let seq: Int64 = head.get("seq") else { continue }
            state.heads[id.hex] = seq
        }
        state.bookings = try await documents("bookings").compactMap(Booking.init)
        return state
    }
}

extension FinalState.Job {
    fileprivate init?(_ document: Document) {
        guard let id: ObjectID = document.get("_id"), let customer: ObjectID = document.get("customer_id"),
            let status: String = document.get("status")
        else { return nil }
        self.init(
            id: id.hex, number: document.get("number") ?? 0, version: document.get("version") ?? 0, status: status,
            customer: customer.hex, holder: document.hex("assigned_to"), slot: document.get("provider_slot"),
            events: (document.get("events", as: [Document].self) ?? []).compactMap(FinalState.Event.init))
        description = document.get("description") ?? ""
        guard let search: Document = document.get("dispatch") else { return }
        excluded = Set((search.get("excluded", as: [ObjectID].self) ?? []).map(\.hex))
        declined = Set((search.get("declined", as: [ObjectID].self) ?? []).map(\.hex))
        attempt = search.get("attempt") ?? 1
        mode = search.get("mode") ?? "broadcast"
        preferred = search.hex("preferred")
        timer = search.moment("next_timer_at")
        deadline = search.moment("deadline") ?? .max
    }
}

extension FinalState.Event {
    fileprivate init?(_ document: Document) {
        guard let at = document.moment("at"), let status: String = document.get("status") else { return nil }
        self.init(at: at, status, by: document.get("by"), actor: document.hex("actor_id"))
    }
}

extension FinalState.Offer {
    fileprivate init?(_ document: Document) {
        guard let job = document.hex("job_id"), let provider = document.hex("provider_id"),
            let state: String = document.get("state"), let sentAt = document.moment("sent_at")
        else { return nil }
        self.init(
            job: job, provider: provider, attempt: document.get("attempt") ?? 1, mode: document.get("mode") ?? "",
            state: state, sentAt: sentAt)
    }
}

extension FinalState.Provider {
    fileprivate init?(_ document: Document) {
        guard let id = document.hex("_id") else { return nil }
        self.init(id: id, availability: document.get("availability") ?? "", job: document.hex("current_job"))
    }
}

extension FinalState.Row {
    fileprivate init?(_ document: Document) {
        guard let recipient = document.hex("recipient_id"), let seq: Int64 = document.get("seq"),
            let kind: String = document.get("kind"), let at = document.moment("created_at")
        else { return nil }
        let body: Document = document.get("body") ?? [:]
        self.init(
            recipient: recipient, seq: seq, kind: kind, message: body.get("message") ?? "",
            routes: document.get("routes") ?? [], job: body.hex("job_id"), number: body.get("job_number"),
            status: body.get("status"), at: at)
    }
}

extension FinalState.Booking {
    fileprivate init?(_ document: Document) {
        guard let id = document.hex("_id"), let job = document.hex("job_id") else { return nil }
        self.init(id: id, job: job, provider: document.hex("mechanic_id"))
    }
}

extension Document {
    func hex(_ key: String) -> String? { get(key, as: ObjectID.self)?.hex }

    /// A date in milliseconds since 1970.
    func moment(_ key: String) -> Int64? { get(key, as: Date.self)?.millisecondsSince1970 }
}
