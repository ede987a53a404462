extension SearchPlan {
    /// A's customer chooses among those within 50 km (K21), who have 30 s each (A28). That he may take a quarter of an hour
    /// to choose is ours: he reads a list and asks one after the other.
    public static let pick = SearchPlan(
        mode: .pick, startKm: 50, stepKm: 0, maxKm: 50, ringSeconds: 30, offerSeconds: 30, searchSeconds: 900)

    /// B's broadcast: 5 km growing to 15 (K21). The step of 5 km every 30 s and the 300 s in all are ours, as for
    /// ``broadcast``.
    public static let nearby = SearchPlan(startKm: 5, stepKm: 5, maxKm: 15, ringSeconds: 30, searchSeconds: 300)

    /// C where its providers answer for themselves: those within 10 km, one after the other, the nearest first (C10, K45).
    public static let cascade = SearchPlan(
        mode: .cascade, startKm: 10, stepKm: 0, maxKm: 10, ringSeconds: 30, fanOut: 5, searchSeconds: 300)

    /// C as its document has it: the nearest of five within 10 km has the job at once (C10). Where nobody is near, its
    /// customer learns so after a minute (C7); ours.
    public static let auto = SearchPlan(
        mode: .auto, startKm: 10, stepKm: 0, maxKm: 10, ringSeconds: 30, fanOut: 5, searchSeconds: 60)
}
