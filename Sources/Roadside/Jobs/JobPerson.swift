import BSON
import RoadsideRules

extension JobRecord {
    /// One side of the job, as it was when it came to the job.
    struct Person: Sendable {
        let number: Int64
        let name: String
        /// What a finished job shows of him; nil in a job older than that.
        var masked: Masked?

        /// Never the data themselves: they are read where they may be shown, while they may (decision 14).
        struct Masked: Sendable {
            let phone: String
            let email: String
            /// Average stars; 0 for customers.
            var rating = 0.0
            var ratingCount = 0
        }
    }
}

extension JobRecord.Person {
    init(_ customer: Contact) {
        self.init(
            number: customer.number, name: customer.name,
            masked: Masked(
                phone: ContactRules.masked(phone: customer.phone), email: ContactRules.masked(email: customer.email)))
    }

    init(_ provider: ProviderProfile) {
        self.init(
            number: provider.number, name: provider.name,
            masked: Masked(
                phone: ContactRules.masked(phone: provider.phone), email: ContactRules.masked(email: provider.email),
                rating: provider.rating, ratingCount: provider.ratingCount))
    }

    init?(_ document: Document?) {
        guard let document else { return nil }
        number = document.get("number") ?? 0
        name = document.get("name") ?? ""
        guard let phone: String = document.get("phone"), let email: String = document.get("email") else { return }
        let stars = document.get("rating", as: Document.self)
        masked = Masked(
            phone: phone, email: email, rating: stars?.get("avg") ?? 0, ratingCount: stars?.get("count") ?? 0)
    }

    var document: Document {
        var document: Document = ["number": .int64(number), "name": .string(name)]
        guard let masked else { return document }
        document.append("phone", .string(masked.phone))
        document.append("email", .string(masked.email))
        if masked.ratingCount > 0 {
            document.append(
                "rating", ["count": .int64(Int64(masked.ratingCount)), "avg": .double(masked.rating)])
        }
        return document
    }
}
