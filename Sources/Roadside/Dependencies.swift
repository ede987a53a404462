import Foundation
import Logging
import Mongo

/// What every context is given: the store, the rules of this installation, its secrets, and the world's two impurities.
struct Dependencies: Sendable {
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

    init(
        client: MongoClient, settings: RoadsideSettings, secrets: Secrets, clock: @escaping @Sendable () -> Date,
        random: @escaping @Sendable (Int) -> [UInt8] = Dependencies.systemRandom,
        routing: (any RoutingEngine)? = nil, logger: Logger
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
    }

    /// The operating system's generator.
    static let systemRandom: @Sendable (Int) -> [UInt8] = { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
