public import BSON
public import FoundationEssentials
public import RoadsideRules

/// A link by which somebody without an account follows a job: a document of `share_links`, which has the hash of its token
/// and never the token.
public struct ShareLink: Sendable, Hashable {
    public let id: ObjectID
    public let jobID: ObjectID
    public let scope: ShareScope
    public let createdAt: Date
    public let expiresAt: Date
    /// How often it was looked at.
    public let views: Int
}

/// A job as whoever has a link to it sees it: no person, no address, no price, no code.
public struct SharedJob: Sendable {
    public let status: JobStatus
    public let serviceType: String
    public let scope: ShareScope
    /// When the provider promised to be there, and when he is expected by what is known now.
    public let estimatedArrival: Date?
    public let arrival: ExpectedArrival?
    /// Where the provider was and when, by his last live position; nil for another scope, while nobody has the job, and for
    /// one who has sent none: where he sleeps is nobody's business.
    public let position: (point: GeoPoint, fixAt: Date)?
    public let updatedAt: Date
    /// When the link ends; earlier, if the job does.
    public let expiresAt: Date
}

extension ShareLink {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"), let jobID: ObjectID = document.get("job_id"),
            let scope = document.get("scope").flatMap(ShareScope.init(rawValue:)),
            let createdAt: Date = document.get("created_at"), let expiresAt: Date = document.get("expires_at")
        else { return nil }
        self.init(
            id: id, jobID: jobID, scope: scope, createdAt: createdAt, expiresAt: expiresAt,
            views: document.get("views") ?? 0)
    }
}

extension SharedJob {
    /// - Parameter acceptedAt: where the provider was before is nobody's business either.
    init(_ job: JobRecord, _ link: ShareLink, provider: ProviderProfile?, since acceptedAt: Date?) {
        status = job.status
        serviceType = job.serviceType
        scope = link.scope
        estimatedArrival = job.estimatedArrival
        arrival = job.arrival
        updatedAt = job.updatedAt
        expiresAt = link.expiresAt
        position =
            if let point = provider?.location, let fixAt = provider?.fixAt, let acceptedAt, fixAt >= acceptedAt {
                (point, fixAt)
            } else {
                nil
            }
    }
}
