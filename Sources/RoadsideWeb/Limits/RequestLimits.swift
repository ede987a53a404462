import BSON
public import Blueprint
import HTTPTypes
import Hummingbird
import Roadside
public import RoadsideRules

/// How many requests an account may make: those that only read, and all others. Answers say what is left in
/// `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds until all of it is back), as draft 03 of the
/// IETF names them; later drafts put the same into one field that few clients know yet.
///
/// Accounts are counted and addresses are not: behind one may be all customers of a mobile network (decision 32). Each
/// server counts for itself, in memory of bounded size, so that no request waits for a counter.
public struct RequestLimits: Sendable {
    private let reads: (quota: Quota, table: StripedTable<ObjectID, Bucket>)?
    private let writes: (quota: Quota, table: StripedTable<ObjectID, Bucket>)?
    /// Accounts that are remembered; a megabyte or two.
    private static let size = 32_768

    /// - Parameters:
    ///   - reads: for `GET` and `HEAD`; nil is no limit.
    ///   - writes: for everything else.
    public init(reads: Quota? = nil, writes: Quota? = nil) {
        self.reads = reads.map { ($0, StripedTable(limit: Self.size)) }
        self.writes = writes.map { ($0, StripedTable(limit: Self.size)) }
    }

    /// To be added to a blueprint behind the hook that finds out who asks.
    ///
    /// - Parameter spared: names of routes that are not counted.
    /// - Throws: `RATE_LIMITED`.
    public func before(sparing spared: Set<String> = []) -> Blueprint<WebContext>.BeforeHook {
        { request, context in
            guard let caller = context.caller, spared.isEmpty || !spared.contains(context.routing.endpoint) else {
                return nil
            }
            let isReading = request.method == .get || request.method == .head
            guard let (quota, table) = isReading ? reads : writes else { return nil }
            let now = Self.seconds(context.started)
            let (isAdmitted, bucket) = table.update(caller.userID) { bucket -> (Bool, Bucket) in
                var own = bucket ?? Bucket()
                let isAdmitted = own.take(quota, now: now)
                bucket = own
                return (isAdmitted, own)
            }
            context.allowance = Allowance(
                limit: quota.limit, remaining: bucket.remaining(quota, now: now),
                reset: Int(bucket.recovery(quota, now: now).rounded(.up)))
            guard isAdmitted else { throw Self.tooMany(wait: bucket.wait(quota, now: now)) }
            return nil
        }
    }

    /// Says what is left, in whatever is answered.
    public var after: Blueprint<WebContext>.AfterHook {
        { _, response, context in
            guard let allowance = context.allowance else { return }
            response.headers[.rateLimitLimit] = String(allowance.limit)
            response.headers[.rateLimitRemaining] = String(allowance.remaining)
            response.headers[.rateLimitReset] = String(allowance.reset)
        }
    }

    private static let start = ContinuousClock.now

    /// Since some moment of this process.
    private static func seconds(_ instant: ContinuousClock.Instant) -> Double {
        let (seconds, attoseconds) = start.duration(to: instant).components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    private static func tooMany(wait: Double) -> RoadsideError {
        RoadsideError(
            .rateLimited, "You ask too often. Please wait a little.",
            details: [("retry_after", .int(Int64(max(1, wait.rounded(.up)))))])
    }
}

/// What is left to an account when a request has been counted.
public struct Allowance: Sendable {
    let limit: Int
    let remaining: Int
    /// Seconds until all of it is back.
    let reset: Int
}

extension HTTPField.Name {
    static let rateLimitLimit = HTTPField.Name("RateLimit-Limit")!
    static let rateLimitRemaining = HTTPField.Name("RateLimit-Remaining")!
    static let rateLimitReset = HTTPField.Name("RateLimit-Reset")!
}
