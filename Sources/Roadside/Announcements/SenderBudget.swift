import BSON
import FoundationEssentials

/// How much of a kind one person may send within an hour (D18): a session that was stolen from an admin is not to reach
/// everybody again and again. The system has none.
struct SenderBudget: Sendable {
    let kind: String
    let limit: Int

    /// Messages to many, and messages to one. Both limits are ours.
    static let announcements = SenderBudget(kind: "announcements", limit: 20)
    static let messages = SenderBudget(kind: "staff_messages", limit: 200)
    private static let hour = 3600

    /// Takes one.
    ///
    /// - Throws: `RATE_LIMITED` when none is left.
    func take(by sender: ObjectID, _ dependencies: Dependencies) async throws(RoadsideError) {
        let now = dependencies.now()
        let budget = Budgets.Budget(kind: kind, subject: sender.hex, limit: limit, window: Self.hour)
        guard try await Budgets(dependencies).take([budget], at: now) != nil else { return }
        throw RoadsideError(
            .rateLimited, "You have sent \(limit) of these within an hour. Please wait.",
            details: [("retry_after", .int(Int64(Budgets.wait(Self.hour, at: now))))])
    }
}
