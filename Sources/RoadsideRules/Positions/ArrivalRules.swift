public import FoundationEssentials

/// Whether what a provider's receiver has said lets him be at the scene (T4). Who sends no positions is believed: there are
/// clients that have none, and cellars where none comes through.
public enum ArrivalRules {
    /// As near as this he may say that he is there (trust.md T4).
    public static let metres = 150.0

    /// - Parameters:
    ///   - fix: what was believed last; nil while there is no live position.
    ///   - nearest: as near as he has come since he took the job, in metres; nil when nobody knows. Who was there may have
    ///     driven on before he says so: a client may tell of the arrival and of the end at once.
    ///   - acceptance: when he took the job. What he sent before says nothing: a client may send one position a day, when its
    ///     owner goes on duty.
    ///   - topSpeed: metres per second of the clock by which readings are taken.
    /// - Returns: how far he was from the pickup, in metres, when nobody comes there from that place in the time since; else
    ///   nil.
    public static func metresAway(
        _ fix: Fix?, nearest: Double?, from pickup: GeoPoint, since acceptance: Date, now: Date,
        topSpeed: Double = PositionRules.topSpeed
    ) -> Double? {
        guard let fix, fix.at >= acceptance, nearest ?? .infinity > metres + PositionRules.assumedAccuracy else {
            return nil
        }
        let distance = fix.point.distance(to: pickup)
        let slack = min(fix.accuracy ?? PositionRules.assumedAccuracy, PositionRules.worstAccuracy)
        let driven = topSpeed * max(now.timeIntervalSince(fix.at), 0)
        return distance - slack - driven > metres ? distance : nil
    }
}
