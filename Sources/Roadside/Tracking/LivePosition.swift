public import BSON
public import FoundationEssentials
public import RoadsideRules

/// Where the provider of a live job is, exact, as its parties and staff may know it (decision 14).
public struct LivePosition: Sendable, Hashable {
    public let jobID: ObjectID
    public let providerID: ObjectID
    /// The small number of that provider, for clients who know people by it; 0 where it is not known.
    public let providerNumber: Int64
    /// What he reported, believed.
    public let fix: Fix
    /// When he is expected by what is known now; nil when he is not on the way, or nobody has reckoned yet.
    public let arrival: ExpectedArrival?
    /// When he promised to be there; set at acceptance.
    public let promisedAt: Date?

    public init(
        jobID: ObjectID, providerID: ObjectID, providerNumber: Int64 = 0, fix: Fix, arrival: ExpectedArrival? = nil,
        promisedAt: Date? = nil
    ) {
        self.jobID = jobID
        self.providerID = providerID
        self.providerNumber = providerNumber
        self.fix = fix
        self.arrival = arrival
        self.promisedAt = promisedAt
    }
}

extension LivePosition {
    /// The same for those who know that he has arrived: nobody expects him any more.
    public var withoutArrival: LivePosition {
        LivePosition(jobID: jobID, providerID: providerID, providerNumber: providerNumber, fix: fix)
    }
}

/// A live job that somebody may watch.
public struct WatchedJob: Sendable {
    public let jobID: ObjectID
    /// Whose positions count.
    public let providerID: ObjectID
    /// Whether he is still on the way to the scene.
    public let isApproach: Bool
    /// Where he was last; nil while he has sent no position.
    public let last: LivePosition?
}

/// What those hear who watch.
public enum LivePositionEvent: Sendable {
    case moved(LivePosition)
    /// Its provider has left the job, or it is over: nobody watches it any more.
    case over(ObjectID)
}

/// Its form on the way to other servers.
extension LivePosition {
    /// nil when the document is none of ours.
    init?(relayed document: Document) {
        guard let job: ObjectID = document.get("job"), let provider: ObjectID = document.get("provider"),
            let place = document.get("at", as: [Double].self), place.count == 2,
            let point = GeoPoint(latitude: place[1], longitude: place[0]), let moment: Date = document.get("t")
        else { return nil }
        self.init(
            jobID: job, providerID: provider, providerNumber: document.get("number") ?? 0,
            fix: Fix(
                point: point, at: moment, heading: document.get("heading"), speed: document.get("speed"),
                accuracy: document.get("accuracy")),
            arrival: ExpectedArrival(document.get("eta")), promisedAt: document.get("promise_at"))
    }

    /// Longitude first, as everywhere in this database.
    ///
    /// - Parameter origin: the server it comes from.
    func relayed(from origin: ObjectID) -> Document {
        var document: Document = [
            "_id": .id(ObjectID()), "origin": .id(origin), "job": .id(jobID), "provider": .id(providerID),
            "number": .int64(providerNumber), "t": .date(fix.at),
            "at": [.double(fix.point.longitude), .double(fix.point.latitude)],
        ]
        document.append("speed", ifPresent: fix.speed)
        document.append("heading", ifPresent: fix.heading)
        document.append("accuracy", ifPresent: fix.accuracy)
        if let arrival { document.append("eta", .document(arrival.document)) }
        document.append("promise_at", ifPresent: promisedAt)
        return document
    }
}
