import Roadside
import RoadsideRules
import Testing

@Suite("One factor shortens every window")
struct SettingsScalingTests {
    /// Windows that pass in the time of the clock on the wall, however fast a city lives: of sessions and proofs of
    /// address, of a day's work, and of this server's own housekeeping. Whoever adds a window adds it here or to `scaled(by:)`.
    private static let kept: Set<String> = [
        "accessTokenLifetime", "ticketLifetime", "refreshTokenLifetime", "refreshGrace", "sessionCacheLifetime",
        "verificationCode.lockSeconds", "verificationCode.lifetimeSeconds", "catalogRefresh", "dashboardLifetime",
        "traceLifetime", "idempotencyLifetime", "idempotencyLease", "dutyLimit",
        "canaryInterval", "canaryPatience", "instanceLease", "instanceRenewal", "presenceGrace",
        "positionRelayInterval", "reviewWindow",
    ]

    /// Path and seconds of everything that is a duration by its type, or a number of time by its name.
    private static func windows(_ value: Any, _ path: String = "") -> [String: Double] {
        var found: [String: Double] = [:]
        for child in Mirror(reflecting: value).children {
            let label = child.label ?? ""
            // What an optional holds is known by the optional's own name.
            let name = label == "some" ? path : path.isEmpty ? label : "\(path).\(label)"
            let tells = ["Seconds", "Minutes", "Hours", "Days", "Lifetime", "Interval"].contains(where: name.hasSuffix)
            if let duration = child.value as? Duration {
                found[name] = duration / .seconds(1)
            } else if tells, let number = child.value as? Double {
                found[name] = number
            } else if tells, let number = child.value as? Int {
                found[name] = Double(number)
            } else if !(child.value is String) {
                found.merge(windows(child.value, name)) { first, _ in first }
            }
        }
        return found
    }

    @Test("every window is shortened or named as one that is not, and nothing else changes")
    func noneIsForgotten() throws {
        let settings = RoadsideSettings()
        let before = Self.windows(settings)
        let after = Self.windows(settings.scaled(by: 1 / 16))
        #expect(before.count > 10 && before.keys == after.keys)
        for (name, seconds) in before {
            let scaled = try #require(after[name])
            if Self.kept.contains(name) {
                #expect(scaled == seconds, "\(name) is named as kept and was changed")
            } else {
                #expect(scaled == seconds / 16, "\(name) is a window that scaled(by:) forgets")
            }
        }
        #expect(Self.kept.isSubset(of: before.keys), "a window is named here that does not exist")
    }

    @Test("a window may become a fraction of a second, and distances stay")
    func fractions() {
        let settings = RoadsideSettings().scaled(by: 1 / 60)
        #expect(settings.exclusiveOfferLifetime == .milliseconds(500))
        #expect(settings.searchPlan.ringSeconds == 0.5 && settings.searchPlan.searchSeconds == 5)
        #expect(settings.searchPlan.startKm == SearchPlan.broadcast.startKm)
        #expect(settings.searchPlan.maxKm == SearchPlan.broadcast.maxKm)
        #expect(settings.windowFactor == 1.0 / 60)
    }
}
