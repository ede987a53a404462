/// How large the scenarios are, and what stands under test.
public struct FaultOptions: Sendable {
    /// Of the scenarios that are about many; the others take less.
    public var sockets = 5000
    /// Times that a server is killed in scenario 2.
    public var kills = 20
    /// Durable pushes a second.
    public var rate = 100
    /// Draws who is written to, and the pauses. How things interleave in the servers is up to the machine.
    public var seed: UInt64 = 1
    /// The program `fixoncall`.
    public let program: String
    /// The reference data that the servers install.
    public let reference: String
    /// A folder for the servers' state and logs.
    public let folder: String
    /// Of the replica set.
    public let uri: String
    /// Told what happens, for a person who waits.
    public var progress: @Sendable (String) -> Void = { _ in }

    public init(program: String, reference: String, folder: String, uri: String) {
        self.program = program
        self.reference = reference
        self.folder = folder
        self.uri = uri
    }
}
