import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: what one side of a service says of the other.
struct ReviewBody {
    let rating: Int
    let comment: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        if !fields.has("rating") { fields.issue("rating", "is required") }
        rating = fields.optionalInt("rating", in: ReviewRules.stars) ?? 0
        comment = fields.optionalText("comment", max: ReviewRules.commentLimit)
        try fields.finish()
    }
}
