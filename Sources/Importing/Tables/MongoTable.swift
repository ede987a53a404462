import BSON
import Mongo

/// A collection of the old Fix On Call database, page by page in the order of its ids.
final class MongoTable: Table {
    let title: String
    let estimate: Int
    private let collection: MongoCollection
    private var page: [Document] = []
    private var at = 0
    private var last: ObjectID?
    private var line = 0

    private static let size = 500

    /// - Throws: when the database cannot be read, and for ids of another kind than the old system makes.
    init(_ collection: MongoCollection) async throws(ImportFault) {
        self.collection = collection
        title = collection.name
        let strangers: Document = ["_id": ["$not": ["$type": "objectId"]]]
        let (count, strange) = try await Self.reading { () async throws(MongoError) in
            (try await collection.count(), try await collection.count(strangers))
        }
        estimate = count
        guard strange == 0 else {
            throw ImportFault("\(strange) documents of \(collection.name) have an id that is no ObjectId; export them")
        }
    }

    func rewind() { (page, at, last, line) = ([], 0, nil, 0) }

    func next() async throws(ImportFault) -> Found? {
        if at == page.count {
            let filter: Document = last.map { ["_id": ["$gt": .id($0)]] } ?? [:]
            page = try await Self.reading { () async throws(MongoError) in
                try await collection.find(filter, sort: ["_id": 1], limit: Self.size)
            }
            at = 0
        }
        guard at < page.count, let id: ObjectID = page[at].get("_id") else { return nil }
        let document = page[at]
        (at, last, line) = (at + 1, id, line + 1)
        let place = RowPlace(line: line, id: id)
        guard let row = Self.row(document, place) else { return .bad(place, reason: "the document cannot be read") }
        return .row(row)
    }

    func row(at place: RowPlace) async throws(ImportFault) -> Row? {
        guard let id = place.id else { return nil }
        let document = try await Self.reading { () async throws(MongoError) in
            try await collection.findOne(["_id": .id(id)])
        }
        return document.flatMap { Self.row($0, place) }
    }

    private static func row(_ document: Document, _ place: RowPlace) -> Row? {
        guard case .encoded(let bytes) = JSON(document),
            let values = try? JSON.parse(bytes, limits: .init(maxBytes: 1 << 25))
        else { return nil }
        return Row(place: place, values: values)
    }

    private static func reading<T>(_ body: () async throws(MongoError) -> T) async throws(ImportFault) -> T {
        do throws(MongoError) { return try await body() } catch {
            throw ImportFault("the old database cannot be read: \(error)")
        }
    }
}
