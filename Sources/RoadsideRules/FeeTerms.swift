/// What a job may cost beyond its price, fixed when it is opened: a customer is charged by the rules he was shown,
/// whatever has been installed meanwhile.
public struct FeeTerms: Sendable, Hashable {
    /// Of the job's own tariff; shares are taken of this.
    public let callOut: Money
    public let cancellation: CancellationSchedule
    public let waiting: WaitingTerms
    /// On what is added to the price.
    public let taxBasisPoints: Int64

    public init(
        callOut: Money, cancellation: CancellationSchedule, waiting: WaitingTerms, taxBasisPoints: Int64
    ) {
        self.callOut = callOut
        self.cancellation = cancellation
        self.waiting = waiting
        self.taxBasisPoints = taxBasisPoints
    }

    func share(_ basisPoints: Int64) -> Money { callOut.scaled(by: basisPoints, over: 10_000) }
}
