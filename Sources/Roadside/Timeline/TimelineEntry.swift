public import BSON
public import FoundationEssentials
import RoadsideRules

/// One event of a job's story, in its place.
public struct TimelineEntry: Sendable {
    public let event: JobEvent
    /// For staff, on an event that began a search, or put it off: whom the job was offered to in it, in the order of
    /// asking. nil for everybody else, and on other events.
    public let offers: [TimelineOffer]?
}

/// What became of one offer.
public struct TimelineOffer: Sendable, Hashable {
    public let provider: ObjectID
    /// As kept in `offers`: `offered`, `accepted`, `declined`, `expired`, `withdrawn`, `released`.
    public let state: String
    /// How its provider was found: `broadcast`, `pick` and so on.
    public let mode: String
    /// Straight line to the pickup, when he was asked.
    public let distanceMetres: Double?
    public let sentAt: Date
    public let expiresAt: Date
    /// When it came to its present state; nil while it is open.
    public let settledAt: Date?
    /// The provider's own words, of a refusal.
    public let reason: String?
}

extension TimelineOffer {
    init?(_ document: Document) {
        guard let offer = Offer(document) else { return nil }
        provider = offer.providerID
        state = offer.state.rawValue
        mode = offer.mode.rawValue
        distanceMetres = offer.distanceMetres
        sentAt = offer.sentAt
        expiresAt = offer.expiresAt
        settledAt = offer.state == .offered ? nil : document.get("updated_at")
        reason = document.get("reason")
    }
}
