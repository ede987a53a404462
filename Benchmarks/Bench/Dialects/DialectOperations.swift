import BSON
import FixOnCallClient

/// What customers and providers do in the words of several dialects, the reference first.
struct DialectOperations: Sendable {
    struct Way: Sendable {
        let dialect: String
        let perform: @Sendable (DialectPeople) async throws -> Void

        init(_ dialect: String, _ perform: @escaping @Sendable (DialectPeople) async throws -> Void) {
            (self.dialect, self.perform) = (dialect, perform)
        }
    }

    let name: String
    let times: Int
    let ways: [Way]

    /// The first ones fill caches and are not counted.
    var warm: Int { Swift.max(times / 5, 3) }

    static let all = [
        DialectOperations(
            name: "looking at one's job", times: 200,
            ways: [
                Way(DialectScene.reference) { _ = try await $0.onlooker.must("GET", "/api/services/\($0.job.id)") },
                Way("Depannini") { _ = try await $0.onlooker.must("GET", "/api/assistance/view/\($0.job.number)/") },
                Way("Toota") { _ = try await $0.onlooker.must("GET", "/trips/\($0.job.number)/status/") },
            ]),
        DialectOperations(
            name: "a position", times: 200,
            ways: [
                Way(DialectScene.reference) {
                    _ = try await $0.provider.must("POST", "/api/mechanics/me/location", place)
                },
                Way("Depannini") { _ = try await $0.provider.must("POST", "/api/profile/update-location/", place) },
            ]),
        DialectOperations(
            name: "call, acceptance, cancel", times: 40,
            ways: [
                Way(DialectScene.reference) { try await rescue($0, DialectPeople.call) },
                Way("LiveBookings") { people in
                    let socket = try await people.customer.socket("/ws/bookings/?since=\(Int32.max)")
                    let id = try await open(people, DialectPeople.call)
                    try await people.provider.take()
                    try await socket.hear(#""accepted""#)
                    try await people.customer.must("POST", "/api/services/\(id)/cancel")
                    try await socket.leave()
                },
                Way("Depannini") { people in
                    let answer = try await people.customer.must(
                        "POST", "/api/assistance/request/", ["pickup": ["lat": -1.2921, "lng": 36.8219]])
                    let id = answer["assistance"]?["id"]?.int ?? 0
                    let socket = try await people.customer.socket("/ws/assistance/\(id)/")
                    try await people.provider.take()
                    try await socket.hear(#""accepted""#)
                    try await people.customer.must(
                        "PATCH", "/api/assistance/update/\(id)/", ["status": "canceled"])
                    try await socket.leave()
                },
            ]),
        DialectOperations(
            name: "call with a destination, acceptance, cancel", times: 40,
            ways: [
                Way(DialectScene.reference) { try await rescue($0, DialectPeople.call.adding("destination", there)) },
                Way("CareConnect") { people in
                    let socket = try await people.customer.socket("/ws/ride/\(ObjectID().hex)/")
                    try await socket.send(text: ride.text)
                    try await socket.hear(#""searching""#)
                    try await people.provider.take()
                    try await socket.hear(#""driver_assigned""#)
                    try await socket.send(text: #"{"type":"cancel_ride"}"#)
                    try await socket.hear(#""ride_cancelled""#)
                    try await socket.leave()
                },
            ]),
    ]

    static let place: JSON = ["latitude": -1.2921, "longitude": 36.8219]

    private static let ride: JSON = [
        "type": "find_driver", "pickup_latitude": -1.2921, "pickup_longitude": 36.8219, "dropoff_latitude": -1.3081,
        "dropoff_longitude": 36.851, "pickup_address": "Kenyatta Avenue", "dropoff_address": "Mombasa Road",
        "distance_km": 3.7, "estimated_duration_minutes": 12, "fare_amount": 150.0, "passenger_phone": "+27123456789",
    ]

    private static let there: JSON = ["latitude": -1.3081, "longitude": 36.851, "address": "Mombasa Road"]

    private static func open(_ people: DialectPeople, _ call: JSON) async throws -> String {
        let answer = try await people.customer.must("POST", "/api/services/request", call)
        return answer["data"]?["service"]?["id"]?.string ?? ""
    }

    private static func rescue(_ people: DialectPeople, _ call: JSON) async throws {
        let socket = try await people.customer.socket("/ws/v1/", speaking: ["fixoncall.v1"])
        // Nothing of what was before.
        let hello = try await socket.hear(#""hello""#)
        try await socket.send(text: hello.replacing(#""op":"hello""#, with: #""op":"resume""#))
        let id = try await open(people, call)
        try await people.provider.take()
        try await socket.hear(#""accepted""#)
        try await people.customer.must("POST", "/api/services/\(id)/cancel")
        try await socket.leave()
    }
}
