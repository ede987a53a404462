import RoadsideRules

/// What became of a start code before the command it came with is decided.
struct StartProof: Sendable {
    let proof: OTPProof
    /// The hash it was compared with; the command must find the same one.
    let hash: String?

    static let none = StartProof(proof: .none, hash: nil)

    /// The facts to decide on. The try was counted before the code was compared; a code that matched owes nothing any more.
    func applied(to record: JobRecord) -> (JobFacts, OTPProof) {
        var facts = record.facts
        guard proof == .verified else { return (facts, proof) }
        // Somebody else's code by now: the job was given back and taken again in between.
        guard record.code?.hash == hash else { return (facts, .wrong) }
        facts.otp = OTPFacts(hasCode: true)
        return (facts, .verified)
    }
}
