import BSON
import Mongo
import RoadsideWeb

/// What the health route reports: whether the database answers.
struct Health: Sendable {
    /// The version of this program.
    static let version = "0.1.0"

    let client: MongoClient
    let started = ContinuousClock.now

    @Sendable func report() async -> HealthReport {
        let answered = (try? await client.run(["ping": 1], deadline: .after(.seconds(2)))) != nil
        return HealthReport(
            databaseIsUp: answered, version: Self.version, uptimeSeconds: started.duration(to: .now).components.seconds)
    }
}
