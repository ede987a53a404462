/// How large a run is, and what stands under test.
public struct RaceOptions: Sendable {
    /// Jobs to be opened.
    public var jobs = 2000
    /// Providers who can see each job.
    public var contenders = 8
    /// Times that a server is killed.
    public var kills = 20
    /// Draws the plan: who does what, in which order and after which pauses. How requests interleave in the servers is up
    /// to the machine.
    public var seed: UInt64 = 1
    public var mutation: RaceMutation?
    /// The program `fixoncall`.
    public var program: String
    /// The reference data that the servers install.
    public var reference: String
    /// A folder for the servers' state and logs.
    public var folder: String
    /// Two ports; free ones unless given.
    public var ports: [Int] = []
    /// Told what happens, for a person who waits.
    public var progress: @Sendable (String) -> Void = { _ in }

    public init(program: String, reference: String, folder: String) {
        self.program = program
        self.reference = reference
        self.folder = folder
    }

    /// Places far from each other, each with providers of its own.
    var areas: Int { min(max(jobs / 12, 1), 30) }
    /// Jobs that are open in one area at the same time: more than one, so that providers are wanted twice.
    static let lanesPerArea = 3
    static let customersPerLane = 4
    var lanes: Int { areas * Self.lanesPerArea }
}
