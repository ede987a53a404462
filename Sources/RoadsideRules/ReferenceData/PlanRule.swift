/// A way of searching for some jobs only: what it does not name stays as the installation's settings have it.
public struct PlanRule: Sendable, Hashable {
    /// `towing`.
    public let code: String
    /// Codes of service types; empty means all.
    public let services: Set<String>
    /// Codes of service areas; empty means everywhere.
    public let zones: Set<String>
    let mode: DispatchMode?
    let startKm: Int64?
    let stepKm: Int64?
    let maxKm: Int64?
    let ringSeconds: Int64?
    let batch: Int64?
    let fanOut: Int64?
    let staggerSeconds: Int64?
    let offerSeconds: Int64?
    let searchSeconds: Int64?

    func applies(to service: String, in zone: Zone?) -> Bool {
        (services.isEmpty || services.contains(service))
            && (zones.isEmpty || zone.map { zones.contains($0.code) } == true)
    }

    /// - Parameter factor: by which the windows of `base` have been shortened already.
    func applied(to base: SearchPlan, factor: Double) -> SearchPlan {
        func seconds(_ own: Int64?, _ base: Double) -> Double { own.map { Double($0) * factor } ?? base }
        return SearchPlan(
            mode: mode ?? base.mode, startKm: startKm.map(Double.init) ?? base.startKm,
            stepKm: stepKm.map(Double.init) ?? base.stepKm, maxKm: maxKm.map(Double.init) ?? base.maxKm,
            ringSeconds: seconds(ringSeconds, base.ringSeconds), batch: batch.map { Int($0) } ?? base.batch,
            fanOut: fanOut.map { Int($0) } ?? base.fanOut,
            staggerSeconds: seconds(staggerSeconds, base.staggerSeconds),
            offerSeconds: seconds(offerSeconds, base.offerSeconds),
            searchSeconds: seconds(searchSeconds, base.searchSeconds))
    }
}

extension ReferenceData {
    /// The plan for a job of this type at this place: the first rule that fits, over the settings of the installation.
    ///
    /// - Parameter factor: by which the windows of `base` have been shortened (README decision 28).
    public func plan(
        for service: String, at point: GeoPoint, over base: SearchPlan, factor: Double = 1
    ) -> (plan: SearchPlan, code: String) {
        guard !plans.isEmpty else { return (base, Self.settingsPlan) }
        let zone = zone(at: point)
        guard let rule = plans.first(where: { $0.applies(to: service, in: zone) }) else {
            return (base, Self.settingsPlan)
        }
        return (rule.applied(to: base, factor: factor), rule.code)
    }

    /// What the plan is called that no rule has changed.
    private static let settingsPlan = "settings"
}
