import BSON
import Blueprint
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// How single values look in this dialect.
extension JSON {
    /// `{"lat":…,"lng":…}`, the short names of everything but B15.
    static func spot(_ point: GeoPoint) -> JSON { ["lat": .double(point.latitude), "lng": .double(point.longitude)] }

    /// With the decimals of its currency: `1500.00` (B31).
    static func price(_ money: Money) -> JSON { .decimal(minorUnits: money.minorUnits, scale: money.currency.scale) }

    /// A registration number of digits alone is a number, as the document has it; any other is a text (K19).
    static func registration(_ text: String) -> JSON {
        let isNumber = text.utf8.first != UInt8(ascii: "0") && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if isNumber, let number = Int64(text) { return .int(number) }
        return text.isEmpty ? .null : .string(text)
    }

    /// The address of an uploaded file, or null.
    static func photo(_ id: ObjectID?) -> JSON { id.map { .string("/static/uploads/\($0.hex)") } ?? .null }

    static let spotExample: JSON = ["lat": -1.2921, "lng": 36.8219]
}

extension Fields {
    /// A place of this dialect, in its short names or the long ones (K7); nil only together with an issue.
    mutating func spot() -> GeoPoint? {
        let before = issues.count
        let latitude = number("lat", "latitude", in: -90...90)
        let longitude = number("lng", "longitude", "lon", in: -180...180)
        guard issues.count == before else { return nil }
        return GeoPoint(latitude: latitude, longitude: longitude)
    }

    /// One of a few words; nil only together with an issue.
    mutating func word(_ name: String, of words: [String]) -> String? {
        let text = text(name, max: 60)
        if words.contains(text) { return text }
        if !text.isEmpty { issue(name, "must be one of \(words.joined(separator: ", "))") }
        return nil
    }
}

extension Schema {
    static let spot = object(["lat": .latitude, "lng": .longitude])
}
