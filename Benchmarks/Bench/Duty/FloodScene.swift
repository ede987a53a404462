import Foundation

/// What becomes of everybody else while strangers try passwords: the same positions at the same moments, first alone
/// and then beside a flood of logins.
struct FloodScene {
    /// Positions a second, far below what the server can take: what is looked at is how long each one waits.
    static let traffic = 500
    static let alone = "positions, alone"
    static let flooded = "positions, in the flood"

    let database: Database
    let options: RunOptions
    let workplace: Workplace

    func play(_ running: RunningTarget) throws -> [(variant: String, sample: Sample)] {
        let duty = DutyScene(database: database, options: options, workplace: workplace)
        let arguments = [
            "--calls", workplace.file("places"), "--rate", "\(Self.traffic)", "--connections", "\(Self.traffic)",
        ]
        let quiet = try duty.positions(running, arguments)
        database.calm()
        let flood = LoginFlood(port: running.port)
        let loud: Sample
        do {
            loud = try duty.positions(running, arguments)
        } catch {
            _ = flood.end()
            throw error
        }
        let logins = flood.end()
        func row(_ count: Int) -> Sample {
            Sample(
                rate: Double(count) / logins.seconds, memory: loud.memory, errors: 0, generator: loud.generator,
                others: loud.others)
        }
        var refused = row(logins.refusals.count)
        (refused.p50, refused.p99, refused.errors) = (logins.refusal(0.5), logins.refusal(0.99), logins.strange)
        return [
            (Self.alone, quiet), (Self.flooded, loud), ("logins refused with 503", refused),
            ("logins looked at", row(logins.judged)),
        ]
    }
}
