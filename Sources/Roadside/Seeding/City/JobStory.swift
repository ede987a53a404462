import BSON
import FoundationEssentials
import RoadsideRules

/// The events of one past job, told from its call to its end.
struct JobStory {
    private let customer: Actor
    private let pickup: Place
    private let destination: Place?
    private(set) var events: [JobEvent]
    private(set) var provider: ObjectID?
    private(set) var promiseAt: Date?

    init(customer: ObjectID, start: Date, type: ServiceType, pickup: Place, destination: Place?) {
        self.customer = Actor(role: .customer, userID: customer)
        self.pickup = pickup
        self.destination = destination
        let caller = Actor(role: .customer, userID: customer)
        events = [
            JobEvent(seq: 1, at: start, status: .requested, by: caller),
            JobEvent(seq: 2, at: start, status: .matching, by: caller, attempt: 1),
        ]
    }

    var end: Date { events[events.count - 1].at }
    var isCompleted: Bool { events[events.count - 1].status == .completed }

    mutating func complete(_ profile: ProviderProfile, accepted: Date, minutes: Int, _ dice: inout SplitMix64) {
        let actor = accept(profile, at: accepted)
        let way = Double(seconds(from: profile.location ?? pickup.point, to: pickup.point))
        tell(.enRoute, after: dice.within(20...120), by: actor)
        tell(.arrived, after: Int(way * (0.7 + 0.6 * dice.unit())), by: actor)
        tell(.inProgress, after: dice.within(60...240), by: actor)
        if let destination {
            tell(.towing, after: minutes * 60, by: actor)
            let tow = Double(seconds(from: pickup.point, to: destination.point))
            tell(.atDestination, after: Int(tow * (0.9 + 0.3 * dice.unit())), by: actor)
            tell(.completed, after: dice.within(120...600), by: actor)
        } else {
            tell(.completed, after: minutes * 60, by: actor)
        }
    }

    /// Half of those who give up do so before anybody has the job.
    mutating func cancel(
        _ profile: ProviderProfile?, accepted: Date, _ reason: String?, _ dice: inout SplitMix64
    ) {
        if let profile, dice.happens(percent: 50) {
            _ = accept(profile, at: accepted)
            tell(.cancelled, after: dice.within(100...600), by: customer, reason)
        } else {
            tell(.cancelled, after: dice.within(40...280), by: customer, reason)
        }
    }

    /// Nobody came.
    mutating func expire() {
        tell(.expired, after: Int(SearchPlan.broadcast.searchSeconds), by: .system)
    }

    private mutating func accept(_ profile: ProviderProfile, at moment: Date) -> Actor {
        let actor = Actor(role: .provider, userID: profile.id)
        provider = profile.id
        promiseAt = moment + Double(seconds(from: profile.location ?? pickup.point, to: pickup.point))
        events.append(JobEvent(seq: events.count + 1, at: moment, status: .accepted, by: actor))
        return actor
    }

    private mutating func tell(_ status: JobStatus, after seconds: Int, by actor: Actor, _ reason: String? = nil) {
        events.append(
            JobEvent(
                seq: events.count + 1, at: end + Double(seconds), status: status, by: actor, reason: reason))
    }

    private func seconds(from: GeoPoint, to: GeoPoint) -> Int { TravelRules.seconds(metres: from.distance(to: to)) }
}
