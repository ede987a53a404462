import BSON
import FixOnCallClient
import LiveBookings
import RoadsideRules

/// A provider: waits for alerts, thinks, answers, drives, works, and is where he has driven to.
struct ProviderAgent {
    /// An alert that may still be answered.
    struct Alert: Hashable {
        let number: Int64
        let call: Int
        let heardAt: Double
    }

    let part: ProviderPart
    let world: World
    let token: String
    var position: GeoPoint
    /// Until his first job he is looked for at his base; who has once reported must not fall silent.
    private var nextReport = Double.infinity
    private var alerts: [Alert] = []
    /// Alerts and their withdrawals.
    private var offers: Ear
    /// What becomes of the jobs that are his.
    var own: Ear

    /// The sockets a provider listens on, opened before the city begins.
    struct Ears: Sendable {
        let token: String
        fileprivate let offers: Ear
        fileprivate let own: Ear

        init(_ line: CityLine, token: String) async {
            self.token = token
            offers = await Ear(line, LiveBookings.Path.availableBookings, token: token)
            own = await Ear(line, LiveBookings.Path.providerBookings, token: token)
        }
    }

    init(_ part: ProviderPart, _ ears: Ears, world: World) {
        self.part = part
        self.world = world
        token = ears.token
        position = part.home
        (offers, own) = (ears.offers, ears.own)
    }

    /// From the beginning of his duty until the city is over.
    mutating func live() async {
        if part.onDutyAt > 0 {
            guard (try? await world.clock.sleep(until: part.onDutyAt)) != nil else { return }
            await say(isOnDuty: true)
        }
        while goesOn {
            switch world.script.options.mode {
            case .broadcast, .cascade: if let alert = await nextAlert() { await consider(alert) }
            case .auto: if let job = await nextAssignment() { await serve(job.call, job.number) }
            }
        }
        await say(isOnDuty: false)
        await offers.close()
        await own.close()
    }

    var goesOn: Bool { !world.isOver && !Task.isCancelled }

    /// Reports his position when it is time to.
    mutating func reportIfDue(every seconds: Double = Self.idleReport) async {
        guard world.clock.now >= nextReport else { return }
        await report(next: seconds)
    }

    mutating func report(next seconds: Double) async {
        nextReport = world.clock.now + seconds
        let body: JSON = ["latitude": .double(position.latitude), "longitude": .double(position.longitude)]
        _ = await world.line.ask("POST", "/api/mechanics/me/location", body, token: token)
    }

    /// The moment at which he has something to do, this one or a report.
    func nextMoment(before moment: Double) -> Double { min(moment, nextReport) }

    private func say(isOnDuty: Bool) async {
        _ = await world.line.ask(
            "POST", "/api/mechanics/me/availability", ["availability": isOnDuty ? "available" : "offline"],
            token: token)
    }

    /// City seconds between the reports of one who waits: three fit into two windows of freshness.
    static let idleReport = 80.0
}

// Alerts.
extension ProviderAgent {
    /// The oldest alert that is still open; nil when none came for a while.
    private mutating func nextAlert() async -> Alert? {
        if alerts.isEmpty { await listen(until: world.clock.now + Self.idleReport, stopsAtAlert: true) }
        // Hearing what has piled up while he worked takes no time.
        await listen(until: world.clock.now)
        let oldest = world.clock.now - Self.alertLifetime
        alerts.removeAll { $0.heardAt < oldest }
        return alerts.first
    }

    private mutating func listen(until end: Double, stopsAtAlert: Bool = false) async {
        while goesOn {
            await reportIfDue()
            let wait = world.clock.wait(until: nextMoment(before: end))
            if let frame = await offers.next(within: wait) {
                note(frame)
                if stopsAtAlert, !alerts.isEmpty { return }
            } else if world.clock.now >= end {
                return
            }
        }
    }

    private mutating func note(_ frame: JSON) {
        guard let number = frame["booking_id"]?.int else { return }
        if frame["status"]?.string == "withdrawn" { return alerts.removeAll { $0.number == number } }
        // A server that others use as well may alert of other people's calls.
        guard let index = frame["pickup_location"]?.string.flatMap(Call.index),
            world.script.calls.indices.contains(index)
        else { return }
        alerts.append(Alert(number: number, call: index, heardAt: world.clock.now))
        world.ledger.offered(world.script.calls[index], at: world.clock.now)
    }

    private mutating func consider(_ alert: Alert) async {
        let call = world.script.calls[alert.call]
        let mind = part.mind(on: call, metres: position.distance(to: call.scene))
        await listen(until: world.clock.now + mind.thinking)
        // Taken back while he was thinking.
        guard let index = alerts.firstIndex(of: alert) else { return }
        alerts.remove(at: index)
        guard mind.accepts else {
            world.ledger.declined(call)
            _ = await world.line.ask(
                "POST", "/api/services/\(alert.number)/decline", ["reason": "Too far"], token: token)
            return
        }
        let answer = await world.line.ask("POST", "/api/services/\(alert.number)/accept", token: token)
        guard answer?.status == 200 else { return world.ledger.cameTooLate(call) }
        await serve(call, alert.number)
    }

    /// A job that was given to him without a question; nil when none came for a while.
    private mutating func nextAssignment() async -> (call: Call, number: Int64)? {
        await reportIfDue()
        let wait = world.clock.wait(until: nextMoment(before: world.clock.now + Self.idleReport))
        guard let frame = await own.next(within: wait), frame["status"]?.string == "accepted",
            let number = frame["booking_id"]?.int
        else { return nil }
        let answer = await world.line.ask("GET", "/api/services/\(number)", token: token)
        let service = answer?.json?["data"]?["service"]
        guard service?["stage"]?.string == "accepted",
            let index = service?["location"]?["address"]?.string.flatMap(Call.index),
            world.script.calls.indices.contains(index)
        else { return nil }
        return (world.script.calls[index], number)
    }

    /// Alerts live as long as their search; later ones are not worth an answer.
    private static let alertLifetime = 300.0
}
