import RoadsideRules
import Synchronization

/// What months came to that are over.
///
/// A completed job never changes again (domain §4.4), so such a sum is made once in the life of a process: it would cost
/// a walk over all the jobs of the month each time. Who writes jobs of the past into the database starts the server anew.
final class FinishedMonths: Sendable {
    private let sums = Mutex<[MarketCalendar.Month: Dashboard.Takings]>([:])

    var known: [MarketCalendar.Month: Dashboard.Takings] { sums.withLock { $0 } }

    /// Keeps these and forgets all others, so that never more than a list of months is held.
    func keep(_ months: [MarketCalendar.Month: Dashboard.Takings]) { sums.withLock { $0 = months } }
}
