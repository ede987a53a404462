import BSON
import Blueprint
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// Where the mechanic of a service is, as an event without a place in the inbox: only the newest counts.
struct LivePositionView {
    let json: JSON

    init(_ position: LivePosition) {
        let fix = position.fix
        var data = JSON.point(fix.point)
        data.add("heading", Self.number(fix.heading))
        data.add("speed", Self.number(fix.speed))
        data.add("accuracy", Self.number(fix.accuracy))
        data.add("recorded_at", .time(fix.at))
        data.add("eta", position.arrival.map { ArrivalView.json($0, promised: position.promisedAt) } ?? .null)
        data.add("service_id", .string(position.jobID.hex))
        data.add("mechanic_id", .string(position.providerID.hex))
        json = ["k": "position", "t": .int(fix.at.millisecondsSince1970), "d": data]
    }

    private static func number(_ number: Double?) -> JSON { number.map(JSON.plain) ?? .null }

    /// Of `d`. Written here and not read off the example: no answer of REST shows it, so no document names it.
    static let schema = Schema.object([
        "latitude": .latitude, "longitude": .longitude, "heading": .number.nullable, "speed": .number.nullable,
        "accuracy": .number.nullable, "recorded_at": .dateTime, "eta": .reference("ExpectedArrival").nullable,
        "service_id": .string, "mechanic_id": .string,
    ])

    private static let dataExample: JSON = [
        "latitude": -1.2921, "longitude": 36.8219, "heading": 270, "speed": 12.5, "accuracy": 10,
        "recorded_at": "2024-01-15T10:30:00Z", "eta": ArrivalView.example, "service_id": "65a50b2c9f1d4e0012345680",
        "mechanic_id": "65a50b2c9f1d4e0012345679",
    ]

    static let example: JSON = [
        "k": "position", "t": .int(Int64(Date.documented.timeIntervalSince1970) * 1000), "d": dataExample,
    ]
}
