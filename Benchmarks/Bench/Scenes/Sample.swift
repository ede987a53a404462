/// What one round of one scene showed. Times in milliseconds, CPU in microseconds, memory in KiB.
struct Sample: Codable, Sendable {
    /// Requests, deliveries or openings a second.
    var rate: Double
    var p50: Double?
    var p90: Double?
    var p99: Double?
    var max: Double?
    /// CPU time of the server for one of them; nil where another row says it.
    var serverMicroseconds: Double?
    /// The same for the database; nil where there is none.
    var mongodMicroseconds: Double?
    /// The server's memory at the end of the scene.
    var memory: Double
    /// Memory for each socket, of the server alone; the kernel's buffers are not in it.
    var memoryPerSocket: Double?
    /// Sockets opened a second.
    var openings: Double?
    /// Whatever must not be: refused requests, broken connections, lost or doubled deliveries.
    var errors: Int
    /// CPU time of the load generator, in percent of one core.
    var generator: Double
    /// CPU time of everything that has nothing to do with the run, in percent of one core.
    var others: Double
    /// Instructions of the server for one of them (`dialects`).
    var instructions: Double?
    /// How often what is there took longer than what is missing (`timings`): 0.5 tells nothing.
    var apart: Double?
}

/// Which row of the table a sample belongs to.
struct Row: Hashable, Codable, Sendable {
    let scene: Scene
    let target: String
    let variant: String

    var label: String { variant.isEmpty ? target : "\(target), \(variant)" }
}
