public import BSON
public import FoundationEssentials
public import RoadsideRules

/// A provider's paper: a document of `provider_documents`, with the scan in an ``Upload``.
public struct Paper: Sendable, Hashable {
    public let id: ObjectID
    public let providerID: ObjectID
    public let kind: PaperKind
    public let number: String
    /// Its last day, `2027-03-31`; nil when it has none.
    public let expiresOn: String?
    /// The midnight that ends that day where its provider works.
    public let expiresAt: Date?
    public let uploadID: ObjectID
    /// As of when it was read.
    public let state: PaperState
    /// Why it was rejected.
    public let reason: String?
    /// Who decided last.
    public let reviewerID: ObjectID?
    public let createdAt: Date
    public let decidedAt: Date?
}

/// A paper as admins see it: with whose it is.
public struct SubmittedPaper: Sendable {
    public let paper: Paper
    public let provider: Person

    public struct Person: Sendable, Hashable {
        public let id: ObjectID
        public let number: Int64
        public let name: String
    }
}

/// What a provider says of a paper.
public struct PaperDraft: Sendable, Hashable {
    public var kind: PaperKind
    /// 3 to 40 visible characters.
    public var number: String
    /// Its last day, such as `2027-03-31`; nil when it has none.
    public var expiresOn: String?
    /// One of his uploads for this purpose that is in no use yet.
    public var uploadID: ObjectID

    public init(kind: PaperKind, number: String, expiresOn: String?, uploadID: ObjectID) {
        self.kind = kind
        self.number = number
        self.expiresOn = expiresOn
        self.uploadID = uploadID
    }
}

extension Paper {
    init?(_ document: Document?, at now: Date) {
        guard let document, let id: ObjectID = document.get("_id"),
            let provider: ObjectID = document.get("provider_id"),
            let kind = document.get("kind").flatMap(PaperKind.init(rawValue:)),
            let upload: ObjectID = document.get("upload_id"),
            let stored = document.get("state").flatMap(PaperState.init(rawValue:)),
            let createdAt: Date = document.get("created_at")
        else { return nil }
        self.id = id
        providerID = provider
        self.kind = kind
        number = document.get("number") ?? ""
        expiresOn = document.get("expires_on")
        let end: Date? = document.get("expires_at")
        expiresAt = expiresOn == nil ? nil : end
        uploadID = upload
        state = PaperRules.state(stored, expiresAt: expiresAt, at: now)
        reason = document.get("reason")
        reviewerID = document.get("reviewer_id")
        self.createdAt = createdAt
        decidedAt = document.get("decided_at")
    }

    /// The end of what never ends, so that one condition serves all.
    static let never = Date(timeIntervalSince1970: 253_370_764_800)

    /// Which papers are in a state now.
    static func condition(_ state: PaperState, at now: Date) -> Document {
        switch state {
        case .pending, .rejected: ["state": .string(state.rawValue)]
        case .approved: ["state": "approved", "expires_at": ["$gt": .date(now)]]
        case .expired: ["state": "approved", "expires_at": ["$lte": .date(now)]]
        }
    }
}
