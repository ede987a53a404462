import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

/// What a customer of any dialect must hear of his rescue.
enum Station: String, CaseIterable {
    case accepted, started, completed
}

/// Somebody who calls for help in the words of one dialect, and hears in them what becomes of it.
protocol Stranded: Sendable {
    /// Asks for help; the answer, or the first frames, are as the dialect has them.
    func call() async throws

    /// Waits until his own socket, or the list that his app looks at, says so in the dialect's word.
    func hears(_ station: Station) async throws
}

/// Somebody who comes, in the words of one dialect.
protocol Rescuer: Sendable {
    /// Hears of a call and takes it.
    func takes() async throws
    /// Begins the work.
    func starts() async throws
    /// Is done.
    func finishes() async throws
}

/// One dialect's side of a rescue, by name.
struct CustomerDialect: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let enter: @Sendable (TestServer) async throws -> any Stranded

    static let all = [
        CustomerDialect(testDescription: "FixOnCall") { try await FixOnCallCustomer($0) },
        CustomerDialect(testDescription: "LiveBookings") { try await LiveBookingsCustomer($0) },
        CustomerDialect(testDescription: "Depannini") { try await DepanniniClient($0) },
        CustomerDialect(testDescription: "CareConnect") { try await CareConnectCustomer($0) },
    ]
}

/// The same of who comes. CareConnect is not among them: its drivers had no app (C18).
struct ProviderDialect: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let enter: @Sendable (TestServer) async throws -> any Rescuer

    static let all = [
        ProviderDialect(testDescription: "FixOnCall") { try await FixOnCallProvider($0) },
        ProviderDialect(testDescription: "LiveBookings") { try await LiveBookingsProvider($0) },
        ProviderDialect(testDescription: "Depannini") { try await DepanniniAssistant($0) },
    ]
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
}
