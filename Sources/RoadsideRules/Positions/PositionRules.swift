import FoundationEssentials

/// Which positions are believed.
public enum PositionRules {
    /// A clock may be fast by so many seconds (realtime.md §3.8).
    public static let futureLimit = 30.0
    /// A reading older than a day tells nothing that anybody still asks. Ours.
    public static let pastLimit = 86_400.0
    /// Metres per second: 252 km/h, which no truck drives. Ours.
    public static let topSpeed = 70.0
    /// Metres that a reading may be off which does not say how much. Ours.
    public static let assumedAccuracy = 50.0
    /// Metres beyond which a reading says nothing that anybody is sent or paid by (trust.md T4).
    public static let worstAccuracy = 200.0

    /// Whoever watches is told of a place at least so many metres from the one he was told last, or of one that is so many
    /// seconds younger (realtime.md §3.8): a car at a red light is no news.
    public static let newsMetres = 5.0
    public static let newsSeconds = 10.0

    /// What becomes of a reading.
    public enum Verdict: Sendable, Hashable {
        /// It is where he is now; heading and speed are filled in from the reading before where they were missing.
        case believed(Fix)
        /// Nobody gets there in the time since. Kept, but he is not moved before a second reading agrees: receivers jump
        /// once in a while, and a refusal would leave a phone nothing to do about it.
        case doubted
        /// Made up by its own account, or too inaccurate: kept, and never moves him, however many agree.
        case suspect
        /// Not newer than what is known: networks reorder.
        case outdated
    }

    /// - Parameters:
    ///   - last: what was believed last.
    ///   - doubted: the reading that was doubted after it.
    ///   - topSpeed: metres per second of the clock by which readings are taken.
    public static func judge(
        _ fix: Fix, after last: Fix?, doubted: Fix?, topSpeed: Double = PositionRules.topSpeed
    ) -> Verdict {
        guard !isSuspect(fix, topSpeed) else { return .suspect }
        guard let last else { return .believed(fix) }
        guard fix.at > last.at else { return .outdated }
        if isReachable(fix, from: last, topSpeed) { return .believed(completed(fix, from: last, topSpeed)) }
        if let doubted, fix.at > doubted.at, isReachable(fix, from: doubted, topSpeed) {
            return .believed(completed(fix, from: doubted, topSpeed))
        }
        return .doubted
    }

    /// Whether those who watch are told of a reading.
    ///
    /// - Parameter told: what they were told last; nil before the first. A reading that is not younger is no news, wherever
    ///   it is: networks reorder.
    public static func isNews(_ fix: Fix, after told: Fix?) -> Bool {
        guard let told else { return true }
        let age = fix.at.timeIntervalSince(told.at)
        return age >= newsSeconds || age > 0 && fix.point.distance(to: told.point) >= newsMetres
    }

    /// Latitude and longitude zero, give or take a kilometre: no place in the ocean, but a receiver that has none.
    public static func isNowhere(_ point: GeoPoint) -> Bool {
        abs(point.latitude) < 0.01 && abs(point.longitude) < 0.01
    }

    private static func isSuspect(_ fix: Fix, _ topSpeed: Double) -> Bool {
        fix.isMock || fix.accuracy ?? 0 > worstAccuracy || fix.speed ?? 0 > topSpeed
    }

    static func isReachable(_ fix: Fix, from other: Fix, _ topSpeed: Double) -> Bool {
        let slack = [fix, other].reduce(0) { $0 + min($1.accuracy ?? assumedAccuracy, worstAccuracy) }
        return fix.point.distance(to: other.point) - slack <= topSpeed * max(fix.at.timeIntervalSince(other.at), 1)
    }

    /// Two readings far enough apart, and not too long, have a direction and a speed of their own.
    private static func completed(_ fix: Fix, from other: Fix, _ topSpeed: Double) -> Fix {
        let seconds = fix.at.timeIntervalSince(other.at)
        let metres = other.point.distance(to: fix.point)
        guard (1...120).contains(seconds), metres >= max(10, fix.accuracy ?? 0) else { return fix }
        var fix = fix
        fix.heading = fix.heading ?? other.point.bearing(to: fix.point)
        fix.speed = fix.speed ?? min(metres / seconds, topSpeed)
        return fix
    }
}
