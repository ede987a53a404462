import BSON
import Foundation
import Logging
import Mongo

/// What every code that goes out is counted against, beside the sends of its own purpose to its own address (T10).
struct CodeBudgets: Sendable {
    private static let hour = 3600
    private static let day = 24 * 3600

    private let budgets: Budgets
    private let settings: LimitSettings
    private let logger: Logger
    /// The windows in which this server has said that a budget is spent.
    private let said = GenerationCache<String, Bool>(limit: 64)

    init(_ dependencies: Dependencies) {
        budgets = Budgets(dependencies)
        settings = dependencies.settings.limits
        logger = dependencies.logger
    }

    /// A client asks for a code, for whatever address. Told is only who asks too often, and of nothing but that.
    /// - Throws: `RATE_LIMITED`.
    func asked(from visitor: Visitor, at now: Date) async throws(RoadsideError) {
        guard try await !allows(visitor, at: now) else { return }
        throw RoadsideError(
            .rateLimited, "Too many codes were asked for from here. Please wait.",
            details: [("retry_after", .int(Int64(Budgets.wait(Self.hour, at: now))))])
    }

    /// The same, said and not thrown.
    func allows(_ visitor: Visitor, at now: Date) async throws(RoadsideError) -> Bool {
        guard let address = visitor.address else { return true }
        let budget = Budgets.Budget(
            kind: "client", subject: address.subscriber.key, limit: settings.codesPerClient, window: Self.hour)
        return try await budgets.take([budget], at: now) == nil
    }

    /// Whether a code may go out, and counts it. Where nobody will be sent anything, and where a budget is spent, the same is
    /// counted, of things that do not exist, so that it takes as long (T12).
    ///
    /// - Parameter user: whose account it concerns; nil where there is none.
    func take(
        to address: ContactAddress, of user: ObjectID?, at now: Date
    ) async throws(RoadsideError) -> Bool {
        let isServed = isServed(address)
        // Where no code goes nobody is anybody: it costs as much and tells as little.
        let user = isServed ? user : nil
        let all = Self.all(settings, address, user)
        let spent = try await budgets.take(all, at: now)
        if let place = all.firstIndex(where: { $0.kind == spent?.kind }) {
            // Those behind it are kept; as many are counted of things that do not exist.
            let rest = all[(place + 1)...].map { budget in
                Budgets.Budget(kind: "nothing", subject: ObjectID().hex, limit: budget.limit, window: budget.window)
            }
            _ = try await budgets.take(rest, at: now)
        }
        if let spent, user != nil { say(spent, at: now) }
        return isServed && spent == nil
    }

    /// Whether codes go to where this address is.
    private func isServed(_ address: ContactAddress) -> Bool {
        guard address.kind == .phone, let countries = settings.codeCountries else { return true }
        // No calling code begins another.
        return countries.contains { address.text.hasPrefix("+\($0)") }
    }

    private static func all(
        _ settings: LimitSettings, _ address: ContactAddress, _ user: ObjectID?
    ) -> [Budgets.Budget] {
        let real = user == nil ? "nobody_" : ""
        var all = [
            Budgets.Budget(
                kind: "\(real)destination", subject: "\(address.kind.rawValue):\(address.text)",
                limit: settings.codesPerDestination, window: day),
            Budgets.Budget(
                kind: "account", subject: (user ?? ObjectID()).hex, limit: settings.codesPerAccount, window: day),
        ]
        switch address.kind {
        case .phone:
            all.append(
                Budgets.Budget(
                    kind: "\(real)prefix", subject: String(address.text.dropLast(4)), limit: settings.codesPerPrefix,
                    window: hour))
            all.append(
                Budgets.Budget(kind: "\(real)phones", subject: "", limit: settings.codesToPhones, window: hour))
        case .email:
            all.append(
                Budgets.Budget(kind: "\(real)mailboxes", subject: "", limit: settings.codesToMailboxes, window: hour))
        }
        return all
    }

    /// Once in a window: the breaker has tripped, and somebody should look why.
    private func say(_ budget: Budgets.Budget, at now: Date) {
        guard budget.kind != "destination", budget.kind != "account" else { return }
        let window = "\(budget.kind)\(budget.subject)\(Int(now.timeIntervalSince1970) / budget.window)"
        let isNews = said.update(window) { said -> Bool in
            defer { said = true }
            return said == nil
        }
        if isNews {
            logger.error(
                "The budget of codes is spent; none goes out before the hour is over",
                metadata: ["budget": "\(budget.kind)", "limit": "\(budget.limit)"])
        }
    }
}
