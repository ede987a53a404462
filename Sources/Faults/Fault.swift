/// A scenario of realtime.md §5: something breaks, and the clients tell what they saw of it.
protocol Fault: Sendable {
    static var number: String { get }
    static var name: String { get }

    init()

    /// - Throws: when it could not be played to its end; a promise that was broken is in the verdict.
    func play(_ stage: Stage, _ verdict: inout Verdict) async throws
}

/// Plays scenarios one after the other, each with servers and a database of its own.
public struct FaultRun: Sendable {
    private static let all: [any Fault.Type] = [
        KillFault.self, DoorbellFault.self, SlowReaderFault.self, OfferFault.self, SweepFault.self, OverdueFault.self,
        AcceptFault.self, HeartbeatFault.self, VanishFault.self, TokenFault.self, ReplayFault.self, FrameFault.self,
        DatabaseFault.self, ChurnFault.self, DeployFault.self,
    ]

    /// The numbers of all scenarios with their names, in the order in which they are played.
    public static var scenarios: [(number: String, name: String)] { all.map { ($0.number, $0.name) } }

    private let options: FaultOptions

    public init(_ options: FaultOptions) { self.options = options }

    /// Plays the scenario of this number; nil when there is none.
    public func play(_ number: String) async -> Verdict? {
        guard let fault = Self.all.first(where: { $0.number == number }) else { return nil }
        var verdict = Verdict(fault.number, fault.name)
        let start = ContinuousClock.now
        options.progress("\(fault.number): \(fault.name)")
        let stage = Stage(options, fault.number)
        do {
            try await fault.init().play(stage, &verdict)
        } catch {
            verdict.fail(error)
        }
        await stage.clear()
        verdict.note("seconds", start.duration(to: .now) / .seconds(1))
        return verdict
    }
}
