import RoadsideRules
import Synchronization

/// The reference data a process works with: read by every request, replaced as a whole when newer data was installed.
final class ReferenceShelf: Sendable {
    private let data = Mutex(ReferenceData.empty)

    var current: ReferenceData { data.withLock { $0 } }

    /// Puts newer data on the shelf; older is left aside, so that two readers cannot bring it back.
    ///
    /// - Returns: whether it was news.
    @discardableResult
    func put(_ new: ReferenceData) -> Bool {
        data.withLock { data in
            guard new.versions.revision > data.versions.revision else { return false }
            data = new
            return true
        }
    }
}
