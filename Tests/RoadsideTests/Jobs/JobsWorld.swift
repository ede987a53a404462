import BSON
import Foundation
import Logging
import Mongo
import MongoTesting
import RoadsideRules

@testable import Roadside

/// A small town with its own database: customers, providers at known distances, and the contexts that serve them.
struct JobsWorld: Sendable {
    let database: TestDatabase
    let dependencies: Dependencies
    let inbox: Inbox
    let dispatch: Dispatch
    let jobs: Jobs
    let tracking: Tracking
    let providers: Providers
    let fleets: Fleets
    let catalog: Catalog

    /// Nairobi.
    static let center: GeoPoint = {
        guard let point = GeoPoint(latitude: -1.2921, longitude: 36.8219) else { fatalError("Nairobi is on earth") }
        return point
    }()

    /// The reference data of the repository.
    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Config/reference").path

    /// The same without hours and days of their own price, so that a job costs at night what it costs at noon.
    static let reference: String = {
        let copy = NSTemporaryDirectory() + "reference-\(ObjectID())"
        let path = URL(fileURLWithPath: "\(copy)/\(ReferenceFile.pricing.name)")
        do {
            try FileManager.default.copyItem(atPath: repository, toPath: copy)
            let rules = try JSON.parse(try Data(contentsOf: path)).adding("hours", []).adding("holidays", [])
            try Data(rules.bytes()).write(to: path)
        } catch {
            fatalError("the reference data of the repository cannot be copied: \(error)")
        }
        return copy
    }()

    var store: Store { dependencies.store }

    /// - Parameter clock: nil for that of the machine.
    static func make(
        workers: Int = 8, clock: MovableClock? = nil, _ adjust: (inout RoadsideSettings) -> Void = { _ in }
    ) async throws -> JobsWorld {
        let database = try await TestDatabase.migrated(workers: workers)
        var settings = RoadsideSettings()
        settings.environment = .test
        adjust(&settings)
        let dependencies = Dependencies(
            client: database.client, settings: settings, secrets: try .forTests(), clock: { clock?.now ?? Date() },
            logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
        try await Migrations(dependencies).run()
        let catalog = Catalog(dependencies)
        try await catalog.install(try ReferenceFolder(contentsOf: reference))
        let inbox = Inbox(dependencies)
        let dispatch = Dispatch(dependencies, inbox: inbox)
        return JobsWorld(
            database: database, dependencies: dependencies, inbox: inbox, dispatch: dispatch,
            jobs: Jobs(dependencies, inbox: inbox, dispatch: dispatch),
            tracking: Tracking(dependencies, dispatch: dispatch),
            providers: Providers(dependencies, inbox: inbox, dispatch: dispatch),
            fleets: Fleets(dependencies, inbox: inbox), catalog: catalog)
    }

    /// Every provider of a ring is asked at the same time.
    static let asksAllAtOnce: @Sendable (inout RoadsideSettings) -> Void = { $0.searchPlan.staggerSeconds = 0 }

    /// Every window of a search is a hundred times as long, so that none passes while a test looks.
    static let searchesSlowly: @Sendable (inout RoadsideSettings) -> Void = {
        $0.searchPlan.ringSeconds *= 100
        $0.searchPlan.staggerSeconds *= 100
        $0.searchPlan.searchSeconds *= 100
    }

    /// Runs a story in a world of its own, and clears up behind it.
    static func with(
        workers: Int = 8, clock: MovableClock? = nil, _ adjust: (inout RoadsideSettings) -> Void = { _ in },
        _ story: (JobsWorld) async throws -> Void
    ) async throws {
        let world = try await make(workers: workers, clock: clock, adjust)
        do {
            // No story is about how quick this machine is today.
            try await Deadline.$scoped.withValue(.after(.seconds(600))) { try await story(world) }
        } catch {
            await world.database.drop()
            throw error
        }
        await world.database.drop()
    }

    // MARK: People

    func customer(_ name: String = "Amina Otieno") async throws -> Caller {
        try await user(name, role: .customer)
    }

    func admin() async throws -> Caller {
        try await user("Admin", role: .admin)
    }

    /// A mechanic so many kilometres north of the center.
    func provider(
        _ name: String = "Juma Mwangi", km: Double = 1, radiusKm: Double = 20,
        _ specializations: [String] = ["general"], fuelTypes: [String] = [],
        isVerified: Bool = true, availability: Availability = .available, fixAt: Date? = nil
    ) async throws -> Caller {
        let caller = try await user(name, role: .provider)
        let profile = ProviderProfile(
            id: caller.userID, number: try await store.nextNumber(.users), name: name, phone: "+254712345678",
            email: "juma@example.com", specializations: specializations, fuelTypes: fuelTypes,
            reference: catalog.current, experienceYears: 5, serviceRadiusKm: radiusKm,
            availability: availability, location: Self.north(km), fixAt: fixAt, isVerified: isVerified)
        try await store.mechanics.insert(profile.document(createdAt: Date()))
        return caller
    }

    func providers(_ count: Int, km: Double = 1) async throws -> [Caller] {
        var all: [Caller] = []
        for number in 0..<count { all.append(try await provider("Mechanic \(number)", km: km + Double(number) / 100)) }
        return all
    }

    private func user(_ name: String, role: Role) async throws -> Caller {
        let id = ObjectID()
        try await store.users.insert(
            [
                "_id": .id(id), "number": .int64(try await store.nextNumber(.users)), "roles": [.string(role.rawValue)],
                "name": .string(name), "email": .string("\(id)@example.com"),
                "phone": .string("+2547\(String(id.bytes[8...].reduce(0) { $0 << 8 | UInt64($1) } % 100_000_000))"),
                "is_active": true, "created_at": .date(Date()),
            ])
        return Caller(
            userID: id, role: role, sessionID: ObjectID(), sessionVersion: 1,
            expiresAt: Date().addingTimeInterval(3600))
    }

    /// So many kilometres north of the center, on the sphere that the rules measure with.
    static func north(_ km: Double) -> GeoPoint {
        let degrees = km * 1000 / GeoPoint.earthRadiusMetres * 180 / Double.pi
        return GeoPoint(latitude: center.latitude + degrees, longitude: center.longitude) ?? center
    }

    // MARK: Jobs

    static func request(
        _ serviceType: String = "breakdown", km: Double = 0, destination: Place? = nil, preferred: ObjectID? = nil
    ) -> JobRequest {
        JobRequest(
            serviceType: serviceType, location: north(km), address: "Kenyatta Avenue", description: "Will not start",
            destination: destination, preferredProvider: preferred.map(Reference.id))
    }

    func open(_ request: JobRequest = JobsWorld.request(), by customer: Caller) async throws -> Job {
        try await jobs.open(request, by: customer).job
    }

    /// A job that this provider has taken, and the code that starts it.
    func accepted(by provider: Caller, for customer: Caller) async throws -> (job: Job, code: String) {
        let job = try await open(by: customer)
        _ = try await jobs.accept(.id(job.id), by: provider)
        let seen = try await jobs.job(.id(job.id), for: customer)
        return (seen, seen.startOTP ?? "")
    }

    // MARK: What the database says

    func profile(of provider: Caller) async throws -> ProviderProfile {
        try ProviderProfile(try await store.mechanics.findOne(["_id": .id(provider.userID)]) ?? [:])
    }

    func document(of job: Job) async throws -> Document {
        try await store.services.findOne(["_id": .id(job.id)]) ?? [:]
    }

    func status(of job: Job) async throws -> String? { try await document(of: job).get("status") }

    /// States of a job's offers by provider.
    func offers(of job: Job, attempt: Int = 1) async throws -> [ObjectID: String] {
        let offers = try await store.offers.find(["job_id": .id(job.id), "attempt": .int64(Int64(attempt))])
        var states: [ObjectID: String] = [:]
        for offer in offers {
            if let provider: ObjectID = offer.get("provider_id") { states[provider] = offer.get("state") }
        }
        return states
    }

    func rows(of caller: Caller) async throws -> [InboxRow] {
        var all: [InboxRow] = []
        while true {
            let next = try await inbox.rows(recipient: caller.userID, after: all.last?.seq ?? 0)
            all += next
            if next.count < Inbox.batch { return all }
        }
    }

    /// The message keys of a recipient's rows about a job, in order.
    func messages(to caller: Caller, about job: Job) async throws -> [String] {
        try await rows(of: caller).filter { $0.body.jobID == job.id }.map(\.body.message)
    }

    /// Makes a job's timer due, as if time had passed.
    func makeDue(_ job: Job, _ changes: Document = [:]) async throws {
        var set: Document = ["dispatch.next_timer_at": .date(Date(timeIntervalSince1970: 0))]
        set.append(contentsOf: changes)
        try await store.services.updateOne(["_id": .id(job.id)], ["$set": .document(set)])
    }
}

/// The `RoadsideError` that an operation throws; nil when it succeeds.
///
/// Bind its result before `#expect`: in Swift 6.3 a closure inside the macro may be mistaken for a neighbour of it.
func failure(_ operation: () async throws -> Void) async throws -> RoadsideError? {
    try await failure(as: RoadsideError.self, operation)
}

/// The error of a given type that an operation throws; nil when it succeeds, and any other error goes on.
func failure<Failure: Error>(
    as type: Failure.Type, _ operation: () async throws -> Void
) async throws -> Failure? {
    do {
        try await operation()
        return nil
    } catch let error as Failure {
        return error
    }
}

/// Its code alone.
func refusalCode(_ operation: () async throws -> Void) async throws -> ErrorCode? {
    try await failure(operation)?.code
}

/// What several operations came to that were started together.
func together<Value: Sendable>(
    _ count: Int, _ operation: @escaping @Sendable (Int) async throws -> Value
) async -> [Result<Value, any Error>] {
    await withTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
        for index in 0..<count {
            group.addTask {
                do { return (index, .success(try await operation(index))) } catch { return (index, .failure(error)) }
            }
        }
        var results: [(Int, Result<Value, any Error>)] = []
        for await result in group { results.append(result) }
        return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension Result {
    var code: ErrorCode? {
        if case .failure(let error) = self { (error as? RoadsideError)?.code } else { nil }
    }

    var value: Success? { try? get() }
}
