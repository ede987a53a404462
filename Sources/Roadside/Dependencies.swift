import BSON
import Foundation
import Logging
import Mongo
import RoadsideRules
import Telemetry

/// What every context is given: the store, the rules of this installation, its secrets, and the world's two impurities.
final class Dependencies: Sendable {
    let store: Store
    let settings: RoadsideSettings
    let secrets: Secrets
    /// Seals what must be readable again (start codes in inbox rows, a refresh token's successor).
    let sealer: Sealer
    /// Hashes six-digit codes.
    let codes: CodeHash
    /// What can be asked for and what it costs, as this process knows it.
    let reference = ReferenceShelf()
    /// How long ways take, as this process knows it.
    let travel = TravelShelf()
    /// Who knows the roads; nil where nobody does.
    let routing: (any RoutingEngine)?
    /// Which sessions are alive, as this process knows it.
    let gate: SessionGate
    let now: @Sendable () -> Date
    /// That many unpredictable bytes.
    let random: @Sendable (Int) -> [UInt8]
    let logger: Logger
    let metrics: MetricRegistry
    let security: SecurityLog

    init(
        client: MongoClient, settings: RoadsideSettings, secrets: Secrets, clock: @escaping @Sendable () -> Date,
        random: @escaping @Sendable (Int) -> [UInt8] = Dependencies.systemRandom,
        routing: (any RoutingEngine)? = nil, logger: Logger, metrics: MetricRegistry = MetricRegistry()
    ) {
        store = Store(client: client)
        self.settings = settings
        gate = SessionGate(store: store, lifetime: settings.sessionCacheLifetime)
        self.secrets = secrets
        sealer = Sealer(secrets.sealing)
        codes = CodeHash(secrets.peppers)
        now = clock
        self.random = random
        self.routing = routing
        self.logger = logger
        self.metrics = metrics
        security = SecurityLog(logger: logger, metrics: metrics)
    }

    /// How a provider is searched for such a job there, and what that plan is called.
    func plan(for serviceType: String, at point: GeoPoint) -> (plan: SearchPlan, code: String) {
        reference.current.plan(
            for: serviceType, at: point, over: settings.searchPlan, factor: settings.windowFactor)
    }

    /// How a provider is searched for this job. What its dialect has settled holds as long as it is searched for, whatever
    /// becomes of the reference data.
    func plan(for job: JobRecord) -> (plan: SearchPlan, code: String) {
        plan(settled: job.search.plan, for: job.serviceType, at: job.pickup.point)
    }

    /// - Parameter settled: by a dialect, in full windows.
    func plan(
        settled: SearchPlan?, for serviceType: String, at point: GeoPoint
    ) -> (plan: SearchPlan, code: String) {
        settled.map { ($0.scaled(by: settings.windowFactor), "dialect") } ?? plan(for: serviceType, at: point)
    }

    /// What a job asks of whoever takes it.
    func need(of job: JobRecord) -> JobNeed { need(job.capability, job.requirements) }

    /// What the rules ask about a provider, before this job: an appointment that he keeps for it does not stand in its way.
    func facts(of profile: ProviderProfile, before job: ObjectID, at now: Date) -> ProviderFacts {
        var facts = profile.facts
        facts.heldUntil = profile.heldUntil(for: job, at: now, ahead: settings.bookingHoldAhead.timeInterval)
        return facts
    }

    /// The operating system's generator.
    static let systemRandom: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
