import BSON
public import RoadsideRules

/// How a job is paid for, and whether it has been.
public struct JobPayment: Sendable, Hashable {
    public let method: PaymentMethod
    public let status: PaymentStatus
    /// What the job comes to: its estimate, and once it is over its final price. Always the server's (K22).
    public let amount: Money
    /// What has been paid and not given back.
    public let paid: Money
}

extension JobPayment {
    /// - Parameter due: what the job comes to.
    init(_ document: Document, due: Money) {
        method = document.get("payment_method").flatMap(PaymentMethod.init(rawValue:)) ?? .cash
        status = document.get("payment_status").flatMap(PaymentStatus.init(rawValue:)) ?? .pending
        amount = due
        paid = Money(document.get("paid")) ?? Money(minorUnits: 0, due.currency)
    }
}
