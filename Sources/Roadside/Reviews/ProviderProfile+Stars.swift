import BSON
import Mongo

extension ProviderProfile {
    /// Adds stars to those a provider has: `rating` is the sum and the count of his rows of `reviews` at any moment, and
    /// the average is made of them.
    ///
    /// - Parameters:
    ///   - sum: of the new ones.
    ///   - count: how many they are.
    static func update(addingStars sum: Int, count: Int) -> Update {
        func more(_ field: String, _ number: Int) -> BSONValue {
            ["$add": [["$ifNull": [.string(field), .int64(0)]], .int(number)]]
        }
        return .pipeline([
            ["$set": ["rating.sum": more("$rating.sum", sum), "rating.count": more("$rating.count", count)]],
            ["$set": ["rating.avg": ["$divide": ["$rating.sum", "$rating.count"]]]],
        ])
    }
}
