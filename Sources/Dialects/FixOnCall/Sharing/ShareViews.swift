import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: a link to a service, as its driver lists it: without the token, which only the answer that made it shows.
enum ShareView {
    static func json(_ link: ShareLink) -> JSON {
        var json = JSON.object(PublicID(link.id).members)
        json.add("service_id", .string(link.jobID.hex))
        json.add("scope", .string(link.scope.rawValue))
        json.add("created_at", .time(link.createdAt))
        json.add("expires_at", .time(link.expiresAt))
        json.add("views", .int(Int64(link.views)))
        return json
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345702", "id": "65a50b2c9f1d4e0012345702", "service_id": "65a50b2c9f1d4e0012345680",
        "scope": "position", "created_at": "2024-01-15T10:30:00Z", "expires_at": "2024-01-15T14:30:00Z", "views": 0,
    ]

    static let tokenExample = "6pTt0Ck4r2uJx1yQm8Zs3vBn5wLd7eHf9aGc0iKo2qU"
}

/// What a link shows to whoever has it: no person, no address, no price, no code.
enum SharedServiceView {
    static func json(_ job: SharedJob) -> JSON {
        [
            "service_type": .string(job.serviceType), "status": .string(FixOnCallWords.status(job.status)),
            "stage": .string(job.status.rawValue), "scope": .string(job.scope.rawValue),
            "estimated_time": .time(job.estimatedArrival),
            "eta": job.arrival.map { ArrivalView.json($0, promised: job.estimatedArrival) } ?? .null,
            "position": job.position.map { JSON.point($0.point).adding("recorded_at", .time($0.fixAt)) } ?? .null,
            "updated_at": .time(job.updatedAt), "expires_at": .time(job.expiresAt),
        ]
    }

    static let positionExample: JSON = JSON.pointExample.adding("recorded_at", "2024-01-15T10:30:00Z")

    static let example: JSON = [
        "service_type": "breakdown", "status": "accepted", "stage": "en_route", "scope": "position",
        "estimated_time": "2024-01-15T10:50:00Z", "eta": ArrivalView.example, "position": positionExample,
        "updated_at": "2024-01-15T10:30:00Z", "expires_at": "2024-01-15T14:30:00Z",
    ]

    /// Before anybody has it.
    static let plainExample = example.adding("status", "pending").adding("stage", "matching").adding("scope", "status")
        .adding("estimated_time", nil).adding("eta", nil).adding("position", nil)
}
