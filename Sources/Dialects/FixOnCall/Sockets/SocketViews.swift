import BSON
import Roadside
import RoadsideWeb

/// `d` of an envelope: the row as the list of notifications shows it. To the one socket of its owner a start code is open,
/// until he has confirmed it.
enum EnvelopeView {
    static func json(_ row: InboxRow) -> JSON {
        let view = NotificationView(row).json
        guard let code = row.otp else { return view }
        return view.adding("start_otp", .string(code))
    }

    /// As a frame. A row and its words; `t` is milliseconds since 1970.
    static func example(_ kind: InboxKind, _ view: JSON) -> JSON {
        ["s": view["seq"] ?? .null, "k": .string(kind.rawValue), "t": 1_705_314_600_000, "d": view]
    }

    static let codeExample = NotificationView.example.adding("seq", 3).adding("type", "service_otp")
        .adding("title", "Your start code")
        .adding("message", "Open your request to see the code that your mechanic needs to start.")
        .adding("start_otp", "123456")
}

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
