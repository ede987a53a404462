import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

/// What a customer of any dialect must hear of his rescue.
enum Station: String, CaseIterable {
    case accepted, started, completed
}

/// What a call is about.
enum Errand: String, CaseIterable {
    case repair, tow

    /// The name of the service type.
    var serviceType: String {
        switch self {
        case .repair: "breakdown"
        case .tow: "towing"
        }
    }

    /// What a provider of it says that he can do.
    var skills: [String] {
        switch self {
        case .repair: ["general"]
        case .tow: ["towing"]
        }
    }

    /// What a call for it says besides.
    var details: JSON {
        switch self {
        case .repair: ["service_type": .string(serviceType)]
        case .tow:
            [
                "service_type": .string(serviceType),
                "destination": ["latitude": -1.3192, "longitude": 36.9275, "address": "Garage, Embakasi"],
            ]
        }
    }
}

/// Somebody who calls for help in the words of one dialect, and hears in them what becomes of it.
protocol Stranded: Sendable {
    /// Whether who comes must have cash in his hand before he begins (A29).
    var paysCashFirst: Bool { get }

    /// Asks for help; the answer, or the first frames, are as the dialect has them.
    func call() async throws

    /// Waits until his own socket, or the list that his app looks at, says so in the dialect's word.
    func hears(_ station: Station) async throws
}

extension Stranded {
    var paysCashFirst: Bool { false }
}

/// Somebody who comes, in the words of one dialect.
protocol Rescuer: Sendable {
    /// Hears of a call and takes it.
    func takes() async throws
    /// Begins the work.
    ///
    /// - Parameter isCashFirst: he may not before he has said that he was paid, and is told so.
    func starts(collecting isCashFirst: Bool) async throws
    /// Is done.
    func finishes() async throws
}

/// One dialect's side of a rescue, by name, and what its calls may be about.
struct CustomerDialect: Sendable {
    let name: String
    var errands = Errand.allCases
    let enter: @Sendable (TestServer, Errand) async throws -> any Stranded

    static let all = [
        CustomerDialect(name: "FixOnCall") { try await FixOnCallCustomer($0, $1) },
        CustomerDialect(name: "LiveBookings") { try await LiveBookingsCustomer($0, $1) },
        CustomerDialect(name: "Depannini") { try await DepanniniClient($0, $1) },
        CustomerDialect(name: "CareConnect") { server, _ in try await CareConnectCustomer(server) },
        // A trip takes something from here to there: nobody who only repairs can drive it (A14).
        CustomerDialect(name: "Toota", errands: [.tow]) { server, _ in try await TootaUser(server) },
    ]
}

/// The same of who comes. CareConnect is not among them: its drivers had no app (C18).
struct ProviderDialect: Sendable {
    let name: String
    var errands = Errand.allCases
    let enter: @Sendable (TestServer, Errand) async throws -> any Rescuer

    static let all = [
        ProviderDialect(name: "FixOnCall") { try await FixOnCallProvider($0, $1) },
        ProviderDialect(name: "LiveBookings") { try await LiveBookingsProvider($0, $1) },
        ProviderDialect(name: "Depannini") { try await DepanniniAssistant($0, $1) },
        // Whoever drives a truck there repairs nothing.
        ProviderDialect(name: "Toota", errands: [.tow]) { server, _ in try await TootaDriver(server) },
    ]
}

/// Who is rescued by whom, from what: every pair that can meet at all.
struct Rescue: CustomTestStringConvertible, Sendable {
    let customer: CustomerDialect
    let provider: ProviderDialect
    let errand: Errand

    var testDescription: String { "\(errand) for \(customer.name) by \(provider.name)" }

    static let all = CustomerDialect.all.flatMap { customer in
        ProviderDialect.all.flatMap { provider in
            Errand.allCases.filter { customer.errands.contains($0) && provider.errands.contains($0) }.map {
                Rescue(customer: customer, provider: provider, errand: $0)
            }
        }
    }
}

extension Person {
    /// Asks for what must succeed.
    @discardableResult
    func must(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await ask(method, path, body)
        guard (200..<300).contains(answer.status), let json = answer.json else {
            throw UnexpectedAnswer(description: "\(method) \(path) was answered \(answer.status) \(answer.text)")
        }
        return json
    }

    /// Begins the work of a service by FixOnCall's routes.
    func begin(_ number: Int64, collecting isCashFirst: Bool) async throws {
        let path = "/api/services/\(number)/status"
        if isCashFirst {
            let refused = try await ask("PUT", path, ["status": "in_progress"])
            guard refused.json?["code"] == "PAYMENT_REQUIRED" else {
                throw UnexpectedAnswer(description: "begun without the cash: \(refused.status) \(refused.text)")
            }
            try await must("POST", "/api/payments", ["service_id": .int(number), "method": "cash"])
        }
        try await must("PUT", path, ["status": "in_progress"])
    }
}
