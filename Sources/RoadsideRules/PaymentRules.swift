/// What is owed for a job, and who may take it.
public enum PaymentRules {
    /// What is still to be paid; nil for nothing.
    ///
    /// - Parameters:
    ///   - amount: what the job comes to.
    ///   - paid: what has been paid and not given back.
    public static func due(_ amount: Money, paid: Money) -> Money? {
        difference(amount, paid)
    }

    /// What is to be given back once the job is over; nil for nothing.
    public static func excess(_ amount: Money, paid: Money) -> Money? {
        difference(paid, amount)
    }

    /// Whether the job's provider may take cash now: once he is there, as long as something is due. `nil` means yes.
    public static func collectionRefusal(_ status: JobStatus) -> Refusal? {
        switch status {
        case .arrived, .inProgress, .towing, .atDestination, .completed, .cancelled, .failed: nil
        case .scheduled, .requested, .matching, .accepted, .enRoute, .expired:
            Refusal(code: .illegalTransition, message: "Cash is collected once you have arrived.")
        }
    }

    private static func difference(_ larger: Money, _ smaller: Money) -> Money? {
        guard larger.currency == smaller.currency, larger.minorUnits > smaller.minorUnits else { return nil }
        return Money(minorUnits: larger.minorUnits - smaller.minorUnits, larger.currency)
    }
}

/// Where a payment stands. Raw values are stored and stand on the wire.
public enum PaymentState: String, CaseIterable, Sendable, Hashable {
    /// Under way: a card that is being charged, or cash that has been announced.
    case pending
    case succeeded
    /// The card was refused. Nothing was paid.
    case failed
    /// It had succeeded, and was given back, all or in part.
    case refunded
    /// Cash that nobody has to pay any more: the job was paid otherwise, or came to nothing.
    case cancelled
}
