import BSON
import FoundationEssentials
import RoadsideRules

/// The six digits that start the work: fresh for every acceptance, known to the customer alone.
struct StartCode: Sendable {
    let text: String
    let document: Document

    /// - Throws: `INTERNAL` when the source of randomness or the sealing key fails.
    init(for job: ObjectID, _ dependencies: Dependencies) throws(RoadsideError) {
        guard let text = OTPRules.start.code(from: dependencies.random(16)) else {
            throw RoadsideError(.internalError, RoadsideError.ourFault, underlying: "no digits in random bytes")
        }
        self.text = text
        document = [
            "start_hash": .string(dependencies.codes.hash(text, purpose: Self.purpose, subject: job.hex)),
            "sealed": .string(try dependencies.sealer.seal(text, for: Self.place(job))),
            "tries": .int32(0),
        ]
    }

    static func open(_ code: JobRecord.Code, of job: ObjectID, _ dependencies: Dependencies) -> String? {
        dependencies.sealer.open(code.sealed, for: place(job))
    }

    static func matches(_ text: String, _ code: JobRecord.Code, of job: ObjectID, _ dependencies: Dependencies) -> Bool
    {
        dependencies.codes.matches(text, code.hash, purpose: purpose, subject: job.hex)
    }

    private static let purpose = "start"

    private static func place(_ job: ObjectID) -> String { "job:\(job)" }
}
