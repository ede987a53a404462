import BSON
import Foundation
import Gateways
import Logging
import Mongo
import MongoTesting
import RoadsideRules
import Synchronization
import Testing

@testable import Roadside

/// Accounts on a database of their own, with a clock that the test moves and a letter box that it opens.
struct AccountsBench: Sendable {
    let database: TestDatabase
    let clock: MovableClock
    let letters: LetterBox
    let settings: RoadsideSettings
    let dependencies: Dependencies
    private let reference: ReferenceData
    let accounts: Accounts

    static let password = "Test123!"

    /// - Parameter body: may leave its documents behind; the database goes with them.
    static func with(
        _ change: (inout RoadsideSettings) -> Void = { _ in }, _ body: (AccountsBench) async throws -> Void
    ) async throws {
        var settings = RoadsideSettings()
        settings.environment = .test
        settings.bcryptCost = Bcrypt.costs.lowerBound
        settings.passwordQueue = 64
        change(&settings)
        let database = try await TestDatabase.migrated()
        let bench = try await AccountsBench(database: database, settings: settings)
        do {
            try await Migrations(bench.dependencies).run()
            try await Deadline.$scoped.withValue(.after(.seconds(600))) { try await body(bench) }
        } catch {
            await database.drop()
            throw error
        }
        await database.drop()
    }

    private init(database: TestDatabase, settings: RoadsideSettings) async throws {
        self.database = database
        self.settings = settings
        clock = MovableClock()
        letters = LetterBox()
        dependencies = Dependencies(
            client: database.client, settings: settings, secrets: try .forTests(), clock: { [clock] in clock.now },
            logger: Logger(label: "accounts-tests", factory: { _ in SwiftLogNoOpLogHandler() }))
        reference = try ReferenceFolder(contentsOf: JobsWorld.reference).data
        accounts = await AccountsBench.accounts(dependencies, letters, reference)
    }

    /// Another server on the same database: caches of its own, perhaps other secrets or settings.
    func otherServer(secrets: Secrets? = nil, bcryptCost: Int? = nil) async throws -> Accounts {
        var settings = settings
        settings.bcryptCost = bcryptCost ?? settings.bcryptCost
        let other = Dependencies(
            client: database.client, settings: settings, secrets: secrets ?? dependencies.secrets,
            clock: { [clock] in clock.now }, logger: dependencies.logger)
        return await AccountsBench.accounts(other, letters, reference)
    }

    /// The same server, which believes an outside party.
    func accounts(trusting identities: any IdentityTokens) async -> Accounts {
        await AccountsBench.accounts(dependencies, letters, reference, identities)
    }

    private static func accounts(
        _ dependencies: Dependencies, _ letters: LetterBox, _ reference: ReferenceData,
        _ identities: (any IdentityTokens)? = nil
    ) async -> Accounts {
        dependencies.reference.put(reference)
        let inbox = Inbox(dependencies)
        return Accounts(
            dependencies, tokens: await JWTAccessTokens(dependencies.secrets.tokens), delivery: letters,
            identities: identities, inbox: inbox, dispatch: Dispatch(dependencies, inbox: inbox))
    }

    var store: Store { dependencies.store }

    /// Keeps the one thread that hashes busy until the end of `work`; the bench has to have been made with one.
    func whileHashing(_ work: () async throws -> Void) async throws {
        let (release, occupied) = (DispatchSemaphore(value: 0), AsyncStream<Void>.makeStream())
        async let blocker: Void = accounts.passwords.threads.run {
            occupied.continuation.yield()
            release.wait()
        }
        for await _ in occupied.stream { break }
        do {
            try await work()
        } catch {
            release.signal()
            try await blocker
            throw error
        }
        release.signal()
        try await blocker
    }

    @discardableResult
    func customer(_ number: Int = 1) async throws -> SignIn {
        try await accounts.register(.customer(number))
    }

    @discardableResult
    func provider(_ number: Int = 1, at location: GeoPoint? = nil) async throws -> SignIn {
        try await accounts.register(.provider(number, at: location))
    }

    func caller(_ signIn: SignIn) async throws -> Caller {
        try await accounts.authenticate(bearer: signIn.tokens.accessToken)
    }

    func user(_ id: ObjectID) async throws -> Document { try #require(try await store.users.findOne(["_id": .id(id)])) }

    func mechanic(_ id: ObjectID) async throws -> Document {
        try #require(try await store.mechanics.findOne(["_id": .id(id)]))
    }

    func rows(of id: ObjectID, kind: String) async throws -> [Document] {
        try await store.notifications.find(["recipient_id": .id(id), "kind": .string(kind)])
    }
}

extension Registration {
    static func customer(_ number: Int = 1) -> Registration {
        Registration(
            email: "customer\(number)@example.com", password: AccountsBench.password, name: "Wanjiru \(number)",
            phone: "+2547120000\(10 + number)", role: .customer,
            vehicle: VehicleFacts(make: "Toyota", model: "Premio", year: 2020, licensePlate: "KBC123A"))
    }

    static func provider(_ number: Int = 1, at location: GeoPoint? = nil) -> Registration {
        Registration(
            email: "provider\(number)@example.com", password: AccountsBench.password, name: "Otieno \(number)",
            phone: "+2547220000\(10 + number)", role: .provider, specializations: ["engine", "electrical"],
            experienceYears: 5, serviceRadiusKm: 20, location: location)
    }
}

extension GeoPoint {
    static var nairobi: GeoPoint {
        get throws { try #require(GeoPoint(latitude: -1.2921, longitude: 36.8219)) }
    }
}

/// A clock that only moves when told.
final class MovableClock: Sendable {
    private let date: Mutex<Date>

    /// Whole seconds, so that dates survive the database unchanged.
    init() { date = Mutex(Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded())) }

    var now: Date { date.withLock { $0 } }

    func set(_ moment: Date) { date.withLock { $0 = moment } }

    func advance(_ seconds: TimeInterval) { date.withLock { $0 += seconds } }
}

/// Keeps what was sent.
final class LetterBox: CodeDelivery {
    private let letters = Mutex<[Letter]>([])

    func deliver(_ letter: Letter) async {
        letters.withLock { $0.append(letter) }
    }

    func codes(for address: String, _ purpose: CodePurpose = .verify) -> [String] {
        all(for: address).compactMap { letter in
            guard case .code(let code, purpose, _) = letter.content else { return nil }
            return code
        }
    }

    func notices(for address: String) -> [Letter.Notice] {
        all(for: address).compactMap { letter in
            guard case .notice(let notice) = letter.content else { return nil }
            return notice
        }
    }

    func invitations(for address: String) -> [String] {
        all(for: address).compactMap { letter in
            guard case .invitation(let token, _, _) = letter.content else { return nil }
            return token
        }
    }

    private func all(for address: String) -> [Letter] {
        letters.withLock { $0.filter { $0.address.text == address } }
    }
}

extension Secrets {
    static func forTests(pepper: String = "p1", retired: [Key] = []) throws -> Secrets {
        Secrets(
            tokens: try KeyRing(current: .test("t1")), peppers: try KeyRing(current: .test(pepper), retired: retired),
            sealing: try KeyRing(current: .test("s1")))
    }
}

extension Secrets.Key {
    /// A key that is as good as its name, and always the same.
    static func test(_ id: String) throws -> Secrets.Key {
        let letters = Array(id.utf8)
        return try Secrets.Key(id: id, bytes: (0..<byteCount).map { letters[$0 % letters.count] &+ UInt8($0) })
    }
}

/// The error that the body must throw.
func refusal(
    of body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async -> RoadsideError? {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
        return nil
    } catch let error as RoadsideError {
        return error
    } catch {
        Issue.record(error, sourceLocation: sourceLocation)
        return nil
    }
}

/// The code of the error that the body must throw.
func code(
    of body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async -> ErrorCode? {
    await refusal(of: body, sourceLocation: sourceLocation)?.code
}
