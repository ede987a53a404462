import BSON
import FixOnCall
import FixOnCallClient
import RoadsideRules

/// Signs everybody in before the city begins: people register, as people do.
struct Registry: Sendable {
    /// A server that does not take the city in.
    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    /// Tokens by index; only of those customers who call.
    struct Tokens: Sendable {
        let providers: [Int: String]
        let customers: [Int: String]
    }

    private let line: CityLine
    private let script: CityScript
    /// Keeps the people of two runs on one server apart.
    private let tag = ObjectID().hex

    init(_ line: CityLine, _ script: CityScript) {
        self.line = line
        self.script = script
    }

    /// - Parameter progress: how many of how many.
    /// - Throws: ``Refused``.
    func register(_ progress: @Sendable (Int, Int) -> Void) async throws -> Tokens {
        let customers = Set(script.calls.map(\.customer)).sorted()
        let total = script.providers.count + customers.count
        let providers = try await concurrently(
            script.providers, atOnce: Self.atOnce, done: { progress($0, total) }, provider)
        let callers = try await concurrently(
            customers, atOnce: Self.atOnce, done: { progress(providers.count + $0, total) }, customer)
        return Tokens(
            providers: Dictionary(uniqueKeysWithValues: providers),
            customers: Dictionary(uniqueKeysWithValues: callers))
    }

    private func provider(_ part: ProviderPart) async throws -> (Int, String) {
        let details: JSON = [
            "specialization": .array(part.skills.map { .string($0) }), "experience_years": 5, "service_radius_km": 20,
            "location": ["latitude": .double(part.home.latitude), "longitude": .double(part.home.longitude)],
        ]
        let token = try await register("p\(part.index)", number: 2 * part.index, .provider, details)
        if part.onDutyAt > 0 {
            let answer = await line.ask(
                "POST", "/api/mechanics/me/availability", ["availability": "offline"], token: token)
            guard answer?.status == 200 else { throw Refused(description: "a provider cannot go off duty") }
        }
        return (part.index, token)
    }

    private func customer(_ index: Int) async throws -> (Int, String) {
        (index, try await register("c\(index)", number: 2 * index + 1, .customer, [:]))
    }

    private func register(_ name: String, number: Int, _ role: Role, _ details: JSON) async throws -> String {
        var body: JSON = [
            "email": .string("\(name).\(tag)@simulation.example"), "password": .string("Street-\(tag)"),
            "name": .string("Simulated \(name)"), "phone": .string(phone(number)),
            "user_type": .string(FixOnCallWords.userType(role)),
        ]
        for member in details.object ?? [] { body.add(member.name, member.value) }
        let answer = await line.ask("POST", "/api/auth/register", body)
        guard let token = answer?.json?["data"]?["access_token"]?.string else {
            throw Refused(
                description:
                    "registering \(name) was answered \(answer.map { "\($0.status) \($0.text)" } ?? "not at all")"
            )
        }
        return token
    }

    /// A hundred million numbers, begun elsewhere by each run.
    private func phone(_ number: Int) -> String {
        let start = Int(SplitMix64.hash(tag) % 90_000_000)
        return "+2547\(String(100_000_000 + start + number).dropFirst())"
    }

    /// Passwords are hashed on few threads, and a server says so when too many wait.
    private static let atOnce = 8
}
