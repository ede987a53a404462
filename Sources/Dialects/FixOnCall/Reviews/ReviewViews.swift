import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: what one side of a service says of the other. Strangers learn neither whose words they are nor of which service.
enum ReviewView {
    static func json(_ review: Review) -> JSON { json(review, of: review.jobID) }

    static func publicJSON(_ review: Review) -> JSON { json(review, of: nil) }

    private static func json(_ review: Review, of service: ObjectID?) -> JSON {
        var json = JSON.object(PublicID(review.id).members)
        json.add("service_id", JSON(service))
        json.add("by", .string(FixOnCallWords.userType(review.side)))
        json.add("rating", .int(Int64(review.stars)))
        json.add("comment", JSON(review.comment))
        json.add("created_at", .time(review.createdAt))
        return json
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e0012345697", "id": "65a50b2c9f1d4e0012345697", "service_id": "65a50b2c9f1d4e0012345680",
        "by": "driver", "rating": 5, "comment": "Quick and friendly", "created_at": "2024-01-15T10:30:00Z",
    ]

    static let publicExample = example.adding("service_id", nil)
}
