import BSON
import Foundation
import RoadsideRules

/// How a customer calls for help, until he knows that he has been heard.
struct Opening: Sendable {
    let plan: JobPlan
    let customer: VirtualPerson
    let area: Int
    let cast: Cast

    /// - Returns: nil when the job was refused, or nobody answered.
    func open(_ honoursKeys: Bool) async -> (id: String, number: Int64)? {
        // Made once: a repetition says the very same.
        let wish = wish
        for attempt in 0..<30 {
            let (record, entity) = await customer.ask(wish, at: (plan.server + attempt) % 2)
            if record.isDone, let id = record.job {
                guard let number = entity?["service_number"]?.int ?? entity?["number"]?.int else { return nil }
                return (id, number)
            }
            // The first one was heard, its answer was not kept.
            if record.answer?.code == "IDEMPOTENCY_ANSWER_LOST" { return await findLost() }
            if VirtualPerson.isSettled(record) { return nil }
            await pause(100)
            // Without keys a repetition would be a second job: first look whether the first is there.
            if !honoursKeys, case .unknown = record.outcome, let found = await findLost() { return found }
        }
        return nil
    }

    private var wish: VirtualPerson.Wish {
        let centre = Cast.centre(of: area)
        var body: JSON = [
            "service_type": "breakdown", "description": .string(mark),
            "location": [
                "latitude": .double(centre.latitude), "longitude": .double(centre.longitude),
                "address": .string("Area \(area)"),
            ],
        ]
        if plan.hasDestination {
            body.add(
                "destination",
                [
                    "latitude": .double(centre.latitude + 0.02), "longitude": .double(centre.longitude),
                    "address": "A garage",
                ])
        }
        var wish = VirtualPerson.Wish(
            kind: .open, path: "/api/services/request", key: "open-\(plan.index)", mark: mark)
        switch plan.opening {
        case .broadcast: break
        case .pick(let place): body.add("mechanic_id", .string(cast.providers[area][place].id))
        case .booking: (wish.kind, wish.path) = (.book, "/api/bookings/create")
        case .appointment(let seconds):
            (wish.kind, wish.path) = (.book, "/api/bookings/create")
            body.add("scheduled_time", .string(ISO8601.milliseconds(moment(seconds))))
        }
        wish.body = body
        return wish
    }

    private var mark: String { "race \(plan.index)" }

    private func moment(_ seconds: Int) -> Date { Date().addingTimeInterval(Double(seconds)) }

    private func findLost() async -> (id: String, number: Int64)? {
        let page = await customer.read("/api/services/history?per_page=20", from: plan.server)
        let found = page?["data"]?["services"]?.array?.first { $0["description"]?.string == mark }
        guard let found, let id = found["id"]?.string, let number = found["number"]?.int else { return nil }
        return (id, number)
    }
}
