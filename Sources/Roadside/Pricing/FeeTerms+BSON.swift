import BSON
import RoadsideRules

/// `services.fee_terms` and `quotes.fee_terms`, flat.
extension FeeTerms {
    init?(_ document: Document?) {
        guard let document, let callOut = Money(document.get("call_out")),
            let perMinute = Money(document.get("waiting_per_minute"))
        else { return nil }
        self.init(
            callOut: callOut,
            cancellation: CancellationSchedule(
                graceSeconds: document.get("grace_seconds") ?? 0, accepted: document.get("accepted_bp") ?? 0,
                far: document.get("far_bp") ?? 0, farFrom: document.get("far_from_bp") ?? 0,
                arrived: document.get("arrived_bp") ?? 0, gone: document.get("gone_bp") ?? 0),
            waiting: WaitingTerms(freeMinutes: document.get("free_minutes") ?? 0, perMinute: perMinute),
            taxBasisPoints: document.get("tax_bp") ?? 0)
    }

    var document: Document {
        [
            "call_out": .document(callOut.document), "grace_seconds": .int64(cancellation.graceSeconds),
            "accepted_bp": .int64(cancellation.accepted), "far_bp": .int64(cancellation.far),
            "far_from_bp": .int64(cancellation.farFrom), "arrived_bp": .int64(cancellation.arrived),
            "gone_bp": .int64(cancellation.gone), "free_minutes": .int64(waiting.freeMinutes),
            "waiting_per_minute": .document(waiting.perMinute.document), "tax_bp": .int64(taxBasisPoints),
        ]
    }
}
