import BSON
import FoundationEssentials
import RoadsideRules

/// How often somebody may look where providers are (T2): enough to watch a map, too little to follow people over a city
/// through their rounded places.
///
/// Kept in memory by each server for itself, like ``SecretGuesses``.
struct SearchQuota: Sendable {
    private let perAccount: Quota?
    private let perClient: Quota?
    private let accounts = StripedTable<ObjectID, Bucket>(limit: Self.size)
    private let addresses = StripedTable<NetworkAddress, Bucket>(limit: Self.size)
    private static let size = 32_768

    init(_ settings: LimitSettings) {
        perAccount = settings.searchesPerAccount
        perClient = settings.searchesPerClient
    }

    /// Counts a search. Staff see everybody anyway.
    ///
    /// - Parameter caller: nil for the platform itself.
    /// - Throws: `RATE_LIMITED`.
    func take(_ caller: Caller?, from visitor: Visitor, at now: Date) throws(RoadsideError) {
        if let caller, caller.role.isStaff { return }
        let time = now.timeIntervalSinceReferenceDate
        var wait = 0.0
        if let perAccount, let caller { wait = accounts.take(perAccount, of: caller.userID, at: time) }
        if wait <= 0, let perClient, let address = visitor.address {
            wait = addresses.take(perClient, of: address.subscriber, at: time)
        }
        guard wait > 0 else { return }
        throw RoadsideError(
            .rateLimited, "Too many searches. Please wait a little.",
            details: [("retry_after", .int(Int64(max(1, wait.rounded(.up)))))])
    }
}
