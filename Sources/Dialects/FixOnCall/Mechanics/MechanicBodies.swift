import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// D6 and F1: where help is looked for, and how far around.
struct NearbyQuery {
    let center: GeoPoint
    let radiusKm: Double
    let limit: Int
    /// What they are filtered by.
    let filter: String?

    /// - Parameter name: of the parameter that filters.
    init(_ query: QueryFields, filter name: String) throws(RoadsideError) {
        var query = query
        let center = query.point()
        // D6 says `radius`, F1 `radius_km`; either route takes either.
        radiusKm = query.optionalNumber("radius_km", "radius", in: 0.1...100) ?? 10
        limit = query.optionalInt("limit", in: 1...100) ?? 20
        filter = query.optionalText(name, max: 60)
        try query.finish()
        guard let center else { throw .validation([FieldIssue(name: "latitude", message: "is required")]) }
        self.center = center
    }
}

/// F2: on duty or not, by flag or by word.
struct AvailabilityBody {
    let availability: Availability

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let flag = fields.optionalBool("is_available")
        let word = fields.has("availability") ? fields.text("availability", max: 40) : nil
        let named = word.flatMap(FixOnCallWords.chosenAvailability)
        if let word, !word.isEmpty, named == nil {
            let words = Availability.allCases.filter { FixOnCallWords.chosenAvailability($0.rawValue) != nil }
            fields.issue(
                "availability",
                "\(word) is not one of \(words.map(FixOnCallWords.availability).joined(separator: ", "))")
        }
        if flag == nil, word == nil, fields.issues.isEmpty { fields.issue("is_available", "is required") }
        try fields.finish()
        availability = named ?? (flag == true ? .available : .offline)
    }
}

/// F2: a live position, or those of a while without a network.
struct LocationBody {
    let positions: [Position]
    /// Whether there is one, given as the body itself.
    let isSingle: Bool

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        isSingle = !fields.has("positions")
        if isSingle {
            let position = fields.position()
            try fields.finish()
            guard let position else { throw .validation([FieldIssue(name: "latitude", message: "is required")]) }
            positions = [position]
        } else {
            let read = fields.objects("positions", count: 1...Tracking.positionsAtOnce) { $0.position() }
            try fields.finish()
            positions = read.compactMap(\.self)
        }
    }
}

extension Fields {
    /// nil when an issue has been noted.
    fileprivate mutating func position() -> Position? {
        let point = point()
        let heading = optionalNumber("heading")
        let speed = optionalNumber("speed")
        let accuracy = optionalNumber("accuracy")
        let fixAt = optionalTime("fix_at")
        let isMock = optionalBool("is_mock") ?? false
        return point.map {
            Position(point: $0, heading: heading, speed: speed, accuracy: accuracy, fixAt: fixAt, isMock: isMock)
        }
    }
}
