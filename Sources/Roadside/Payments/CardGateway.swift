public import RoadsideRules

/// Whoever charges cards. A card is known here by a token alone, which its gateway gave the client; never by its number.
///
/// Every call names a key of ours. Whatever is said twice under one key happens once, on whichever server it is said.
public protocol CardGateway: Sendable {
    /// - Throws: when nobody knows what became of it; ``outcome(of:)`` is asked later.
    func charge(_ charge: CardCharge) async throws(CardGatewayError) -> CardOutcome

    /// What has become of a charge. One that has never arrived is closed by being asked for: it is refused from then on, so
    /// that nothing is charged behind the back of who was told so.
    func outcome(of key: String) async throws(CardGatewayError) -> CardOutcome

    /// Gives back a part of a charge, or all of it.
    ///
    /// - Throws: when nobody knows whether it did; it is said again later under the same key.
    func refund(_ refund: CardRefund) async throws(CardGatewayError)
}

/// What is charged to a card.
public struct CardCharge: Sendable, Hashable {
    public let key: String
    public let amount: Money
    /// Stands for the card; good for little else.
    public let token: String

    public init(key: String, amount: Money, token: String) {
        self.key = key
        self.amount = amount
        self.token = token
    }
}

/// What is given back of a charge.
public struct CardRefund: Sendable, Hashable {
    public let key: String
    /// Of the charge, as its gateway calls it.
    public let reference: String
    public let amount: Money

    public init(key: String, reference: String, amount: Money) {
        self.key = key
        self.reference = reference
        self.amount = amount
    }
}

/// What became of a charge, once that is known.
public enum CardOutcome: Sendable, Hashable {
    /// With the gateway's own name of the charge.
    case succeeded(reference: String)
    /// With a word for why.
    case declined(reason: String)
}

/// The gateway was not reached, or has not answered.
public struct CardGatewayError: Error, Sendable {
    /// For the log.
    public let remark: String

    public init(_ remark: String) { self.remark = remark }
}
