import BSON
import RoadsideRules

/// How far one socket's passenger knows the story of his ride. What he is told follows from where the job stands now
/// and from what he has heard, so a row that comes late, or twice, tells nothing twice.
struct RideTale {
    /// What may be told.
    enum Part: Hashable {
        case searching, assigned, noDrivers, cancelled, status
    }

    /// Of the newest state of the job that was told; 0 before any.
    private var version: Int64 = 0
    private var provider: ObjectID?

    /// What is new in a job as it stands now.
    ///
    /// - Parameter provider: who has it.
    mutating func goOn(to status: JobStatus, by provider: ObjectID?, version: Int64) -> [Part] {
        let parts = next(status, by: provider, version: version)
        if version > self.version { (self.version, self.provider) = (version, provider) }
        return parts
    }

    /// The same, before any of it counts as told.
    func next(_ status: JobStatus, by provider: ObjectID?, version: Int64) -> [Part] {
        guard version > self.version else { return [] }
        let parts = parts(status, by: provider)
        // However quickly somebody was found: first there was a search (promise C5).
        return self.version == 0 && parts.first != .searching ? [.searching] + parts : parts
    }

    /// Where the ride stands, for who has come back and may have heard nothing.
    mutating func recap(_ status: JobStatus, by provider: ObjectID?, version: Int64) -> [Part] {
        self = RideTale()
        let parts = parts(status, by: provider)
        (self.version, self.provider) = (version, provider)
        return parts
    }

    private func parts(_ status: JobStatus, by provider: ObjectID?) -> [Part] {
        switch status {
        case .scheduled, .requested, .matching: [.searching]
        case .accepted: [.assigned]
        case .enRoute, .arrived, .inProgress, .towing, .atDestination:
            // One driver is announced once.
            provider == self.provider ? [.status] : [.assigned, .status]
        case .completed: [.status]
        case .expired: [.noDrivers]
        case .cancelled, .failed: [.cancelled]
        }
    }
}
