import BSON
import Foundation
import Roadside
import RoadsideWeb

/// A row of the inbox as an event: place, kind and time around the notification that D19 lists, with its code open
/// (realtime.md §3.3).
struct EventView {
    let json: JSON

    init(_ row: InboxRow) {
        json = [
            "s": .int(row.seq), "k": .string(row.kind.rawValue),
            "t": .int(row.createdAt.millisecondsSince1970),
            "d": NotificationView(row, opensCode: true).json,
        ]
    }

    /// Rows of sessions end a stream instead of being told on it.
    static let kinds = InboxKind.allCases.filter { $0 != .session }.map(\.rawValue)

    static let example: JSON = [
        "s": 2, "k": "job.status", "t": .int(Int64(Date.documented.timeIntervalSince1970) * 1000),
        "d": NotificationView.example,
    ]

    static let codeExample = example.adding("k", "job.otp").adding("d", NotificationView.codeExample)

    /// The same on a stream, between the lines with which one begins and ends.
    static let streamExample = """
        retry: 3000

        id: 2
        event: job.status
        data: \(example.text)

        :

        event: closing
        data: {"k":"closing","t":1705314600000,"d":{"code":4401,"reason":"token expired"}}


        """
}
