import BSON
import FoundationEssentials
import RoadsideRules

/// The days before the seeding, played from the seed: who called, who came, how it ended. The same seed, the same days.
struct CityHistory {
    struct Customer: Sendable {
        let person: SeedPerson
        let isFleet: Bool
        /// A firm calls for one of several vehicles.
        let vehicles: [VehicleFacts]
    }

    let cast: CityCast
    let customers: [Customer]
    /// Those who may have had jobs: vetted, at a place.
    let providers: [ProviderProfile]

    private var plan: CityHistoryPlan { cast.plan.history }

    init(cast: CityCast, customers: [SeedPerson], generated: Int, providers: [SeedPerson]) {
        self.cast = cast
        let firms = (0..<generated).map { (cast.customer($0), cast.isFleet($0), $0) }
        self.customers =
            customers.map { Customer(person: $0, isFleet: false, vehicles: [$0.vehicle].compactMap(\.self)) }
            + firms.map { person, isFleet, index in
                var dice = cast.dice("vehicles/\(index)")
                let more = isFleet ? (0..<Self.fleetSize).map { _ in cast.vehicle(&dice) } : []
                return Customer(person: person, isFleet: isFleet, vehicles: [person.vehicle].compactMap(\.self) + more)
            }
        self.providers = providers.compactMap(\.profile).filter { $0.isVerified && $0.location != nil }
    }

    /// Oldest first; all of them have ended before the anchor.
    ///
    /// - Parameters:
    ///   - days: whole days, up to the last midnight before the anchor.
    func jobs(days: Int, anchor: Date) -> [SeedJob] {
        guard days > 0, !customers.isEmpty else { return [] }
        var state = State(providers: providers)
        let fleets = customers.indices.filter { customers[$0].isFleet }
        let others = customers.indices.filter { !customers[$0].isFleet }
        return (1...days).reversed().flatMap { day -> [SeedJob] in
            var dice = cast.dice("day/\(day)")
            return calls(day, anchor: anchor, &dice).enumerated().compactMap { index, moment in
                let isFleet = !fleets.isEmpty && (others.isEmpty || dice.happens(percent: plan.fleetJobsPercent))
                let caller = dice.pick(isFleet ? fleets : others) ?? 0
                var dice = cast.dice("day/\(day)/\(index)")
                return job("\(day)/\(index)", at: moment, by: caller, &state, &dice)
            }
        }
    }

    /// The moments of one day at which somebody calls, in order.
    private func calls(_ day: Int, anchor: Date, _ dice: inout SplitMix64) -> [Date] {
        let local = anchor.timeIntervalSince1970 + plan.offsetSeconds
        let number = Int((local / 86_400).rounded(.down)) - day
        let midnight = Double(number) * 86_400 - plan.offsetSeconds
        // Day 0 was a Thursday.
        let percent = Double(plan.weekdays[(number % 7 + 7 + 3) % 7]) / 100
        let mean = Double(min(max(providers.count, Self.fewest), Self.most)) * plan.jobsPerProviderAndDay
        let count = Int(mean * percent * (0.92 + 0.16 * dice.unit()))
        let latest = anchor.timeIntervalSince1970 - Self.longestJob
        return (0..<count).map { _ in
            let moment = midnight + (Double(plan.hours?.draw(&dice) ?? 12) + dice.unit()) * 3600
            return (moment > latest ? moment - Self.longestJob : moment).rounded(.down)
        }.sorted().map(Date.init(timeIntervalSince1970:))
    }

    private static let fleetSize = 8
    /// A city of a few providers has some history, one of very many no endless one.
    private static let fewest = 12
    private static let most = 2000
    /// Nobody is under way for longer; see the bounds of the plan.
    private static let longestJob = 8 * 3600.0
}

extension CityHistory {
    /// Who is busy until when.
    struct State {
        private(set) var able: [String: [Int]] = [:]
        var providerBusy: [Date]
        var customerBusy: [Int: Date] = [:]

        init(providers: [ProviderProfile]) {
            providerBusy = [Date](repeating: .distantPast, count: providers.count)
            for (index, provider) in providers.enumerated() {
                for capability in provider.capabilities { able[capability, default: []].append(index) }
            }
        }
    }

    /// nil when this customer still waits for an earlier job.
    private func job(
        _ name: String, at moment: Date, by caller: Int, _ state: inout State, _ dice: inout SplitMix64
    ) -> SeedJob? {
        let customer = customers[caller]
        guard let service = plan.services?.draw(&dice),
            customer.isFleet || state.customerBusy[caller, default: .distantPast] < moment
        else { return nil }
        let pickup = cast.plan.places.draw(&dice)
        let garage = dice.pick(cast.plan.places.garages)
        let accepted = moment + Double(dice.within(15...170))
        let taker = nearest(to: pickup.point, able: service.type.capability, at: accepted, state, &dice)
        let destination = service.type.needsDestination ? garage : nil

        var story = JobStory(
            customer: customer.person.id, start: moment, type: service.type, pickup: pickup, destination: destination)
        switch (plan.outcomes?.draw(&dice) ?? .completed, taker) {
        case (.completed, let taker?):
            story.complete(providers[taker], accepted: accepted, minutes: dice.within(service.minutes), &dice)
        case (.cancelled, let taker):
            story.cancel(taker.map { providers[$0] }, accepted: accepted, dice.pick(plan.cancelReasons), &dice)
        case (.expired, _), (.completed, nil):
            story.expire()
        }
        if let taker, story.provider != nil { state.providerBusy[taker] = story.end }
        state.customerBusy[caller] = story.end
        let opinion = story.isCompleted && dice.happens(percent: plan.reviewPercent) ? plan.opinions?.draw(&dice) : nil
        return SeedJob(
            id: SeedID.of(
                "\(cast.seed)/\(cast.randomSeed)/job/\(name)",
                seconds: UInt32(clamping: Int(moment.timeIntervalSince1970))),
            customerID: customer.person.id, providerID: story.provider, type: service.type, pickup: pickup,
            destination: destination, description: dice.pick(service.descriptions) ?? "",
            vehicle: dice.pick(customer.vehicles), events: story.events, promiseAt: story.promiseAt,
            review: opinion.map { SeedJob.Opinion(stars: $0.stars, text: dice.pick($0.texts) ?? "") })
    }

    /// The nearest of some who are free, can do it and reach so far.
    private func nearest(
        to point: GeoPoint, able capability: String, at moment: Date, _ state: State, _ dice: inout SplitMix64
    ) -> Int? {
        guard let able = state.able[capability] else { return nil }
        var best: (index: Int, metres: Double)?
        for _ in 0..<Self.looks {
            let index = able[dice.below(able.count)]
            guard state.providerBusy[index] < moment, let location = providers[index].location else { continue }
            let metres = location.distance(to: point)
            guard metres <= min(providers[index].serviceRadiusKm * 1000, Self.farthest) else { continue }
            if metres < best?.metres ?? .infinity { best = (index, metres) }
        }
        return best?.index
    }

    private static let looks = 30
    private static let farthest = 15_000.0
}
