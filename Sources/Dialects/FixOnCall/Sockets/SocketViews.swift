import BSON
import Roadside
import RoadsideWeb

/// What a client who has lost his place is shown: his services that are not over, and for a mechanic those he may take.
enum SnapshotView {
    static func json(services: [Job], available: [Job]) -> JSON {
        [
            "services": .array(services.map { ServiceView($0).json }),
            "available": .array(available.map { ServiceView($0).json }),
        ]
    }

    static let example: JSON = ["services": [ServiceView.example], "available": []]
}
