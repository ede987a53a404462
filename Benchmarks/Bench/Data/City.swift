import BSON
import Foundation
import Mongo

/// The data of all scenes: customers, providers around ten towns, and finished jobs with their bookings.
///
/// The documents are those of the product itself: one customer, one provider and one job are made through its API and
/// then multiplied. Ids are fixed, so that the same requests fit every target.
enum City {
    static let customers = 1000
    static let providers = 100_000
    static let bookings = 20_000
    static let password = "Test123!"

    static func customer(_ index: Int) -> ObjectID { id("65f0", index) }
    static func provider(_ index: Int) -> ObjectID { id("65f1", index) }
    static func booking(_ index: Int) -> ObjectID { id("65f2", index) }
    static func job(_ index: Int) -> ObjectID { id("65f3", index) }
    /// Above all fixed ids and below those of anything made today.
    static let firstNewID = id("6600", 0)

    private static func id(_ kind: String, _ index: Int) -> ObjectID {
        let digits = String(index, radix: 16)
        let text = kind + String(repeating: "0", count: 20 - digits.count) + digits
        guard let id = ObjectID(text) else { preconditionFailure("\(text) is no id") }
        return id
    }

    /// What differs between providers.
    struct Provider: Sendable {
        var latitude, longitude: Double
        var isAvailable: Bool
        var rating: Double
        var experienceYears: Int
        var radiusKilometres: Double
    }

    /// One of each, as the product wrote it.
    struct Samples: Sendable {
        let customer, mechanic, provider, job: Document
        /// A row of the customer's inbox, and its head.
        let row, head: Document

        /// What the job keeps of one of its people.
        func snapshot(_ side: String) -> Document { job.get(side) ?? [:] }
    }

    /// Replaces everything the samples left behind by the city.
    static func build(
        from samples: Samples, providers people: [Provider], bookings: Int = City.bookings, on client: MongoClient
    ) async throws {
        for name in [
            "users", "mechanics", "services", "bookings", "notifications", "inbox_heads", "offers", "sessions",
            "verification_codes", "counters",
        ] {
            try await client.collection(name).deleteMany([:])
        }
        try await insert((0..<customers).map { customer($0, samples) }, "users", client)
        try await insert(people.enumerated().map { provider($0, $1, samples) }, "mechanics", client)
        try await insert((0..<bookings).map { job($0, samples) }, "services", client)
        try await insert((0..<bookings).map(booking), "bookings", client)
        // New numbers come after those given here.
        try await insert(
            ["users", "jobs", "bookings"].map { ["_id": .string($0), "value": .int64(1_000_000)] }, "counters", client)
    }

    /// Forgets what a scene has made, so that the next one finds what this one found.
    static func clean(_ database: Database) throws {
        let new: Document = ["_id": ["$gte": .id(firstNewID)]]
        try database.use { client in
            try await client.collection("services").deleteMany(new)
            for name in ["offers", "notifications", "inbox_heads", "floor_requests"] {
                try await client.collection(name).deleteMany([:])
            }
            // Whoever was asked is as free as before.
            _ = try await client.collection("mechanics").updateMany(
                ["current_job": ["$exists": true]], ["$unset": ["current_job": ""]])
        }
        try database.use(Database.peersName) { client in
            _ = try await client.collection("services").deleteMany([:])
        }
    }

    static func insert(_ documents: [Document], _ name: String, _ client: MongoClient) async throws {
        let collection = client.collection(name)
        for start in stride(from: 0, to: documents.count, by: 2000) {
            try await collection.insert(contentsOf: Array(documents[start..<min(start + 2000, documents.count)]))
        }
    }
}

// One document of each kind.
extension City {
    private static func customer(_ index: Int, _ samples: Samples) -> Document {
        samples.customer.replacing([
            "_id": .id(customer(index)), "number": .int64(Int64(index + 1)), "name": .string("Customer \(index)"),
            "email": .string("user\(index)@example.com"), "phone": .string("+2547" + padded(index)),
        ])
    }

    private static func provider(_ index: Int, _ person: Provider, _ samples: Samples) -> Document {
        samples.provider.replacing([
            "_id": .id(provider(index)), "number": .int64(Int64(customers + index + 1)),
            "name": .string("Mechanic \(index)"), "email": .string("mechanic\(index)@example.com"),
            "phone": .string("+2541" + padded(index)), "experience_years": .int32(Int32(person.experienceYears)),
            "service_radius_km": .double(person.radiusKilometres),
            "availability": .string(person.isAvailable ? "available" : "offline"),
            "dispatchable": .bool(person.isAvailable),
            "rating": ["sum": .int64(Int64(person.rating * 10)), "count": .int64(10), "avg": .double(person.rating)],
            "location": [
                "type": "Point", "coordinates": [.double(person.longitude), .double(person.latitude)],
            ],
        ])
    }

    private static func job(_ index: Int, _ samples: Samples) -> Document {
        let owner = index % customers
        return samples.job.replacing([
            "_id": .id(job(index)), "number": .int64(Int64(index + 1)), "customer_id": .id(customer(owner)),
            "customer": .document(
                samples.snapshot("customer").replacing([
                    "number": .int64(Int64(owner + 1)), "name": .string("Customer \(owner)"),
                ])),
            "assigned_to": .id(provider(index)),
            "provider": .document(
                samples.snapshot("provider").replacing([
                    "number": .int64(Int64(customers + index + 1)), "name": .string("Mechanic \(index)"),
                ])),
            "appointment": .document(appointment(index)),
        ])
    }

    private static func booking(_ index: Int) -> Document {
        appointment(index).replacing([
            "job_id": .id(job(index)), "customer_id": .id(customer(index % customers)),
            "mechanic_id": .id(provider(index)), "updated_at": .date(time(index)),
        ])
    }

    /// What a job keeps of its booking.
    private static func appointment(_ index: Int) -> Document {
        [
            "_id": .id(booking(index)), "number": .int64(Int64(bookings + index + 1)),
            "notes": "Please call when you are near.", "created_at": .date(time(index)),
        ]
    }

    private static func time(_ index: Int) -> Date { Date(timeIntervalSince1970: 1_767_225_600 + Double(index)) }

    /// Eight digits.
    private static func padded(_ index: Int) -> String {
        let digits = String(index)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

extension Document {
    /// The same document with other values under some names; names it does not have are added.
    func replacing(_ changes: [String: BSONValue]) -> Document {
        var rest = changes
        var result = Document()
        for (key, value) in self { result.append(key, rest.removeValue(forKey: key) ?? value) }
        for (key, value) in rest.sorted(by: { $0.key < $1.key }) { result.append(key, value) }
        return result
    }
}
