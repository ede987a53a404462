import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// A message to many, and how far it has come.
struct AnnouncementView {
    let json: JSON

    init(_ announcement: Announcement) {
        json = [
            "_id": .string(announcement.id.hex), "id": .string(announcement.id.hex), "key": .string(announcement.key),
            "template": .string(announcement.template), "title": .string(announcement.title),
            "message": .string(announcement.text), "type": .string(announcement.topic),
            "audience": .string(Self.audience(announcement.group)), "status": .string(announcement.state.rawValue),
            "recipients": .int(Int64(announcement.recipients)), "told": .int(Int64(announcement.told)),
            "created_by": .string(announcement.author.hex), "created_at": .time(announcement.createdAt),
            "finished_at": .time(announcement.finishedAt),
        ]
    }

    /// A list of people, or everybody of a kind.
    private static func audience(_ group: Announcement.Group) -> String {
        switch group {
        case .everybody: AnnouncementBody.everybody
        case .role(let role): FixOnCallWords.userType(role)
        case .people: people
        }
    }

    private static let people = "people"
    static let audiences = AnnouncementBody.userTypes + [people]

    static func template(_ template: MessageTemplate) -> JSON {
        [
            "code": .string(template.code), "title": .string(template.title), "message": .string(template.text),
            "type": .string(template.topic), "parameters": .array(template.parameters.map(parameter)),
        ]
    }

    private static func parameter(_ parameter: MessageTemplate.Parameter) -> JSON {
        let json: JSON = ["name": .string(parameter.name), "kind": .string(word(parameter.kind))]
        switch parameter.kind {
        case .text(let max, _): return json.adding("max_length", .int(Int64(max)))
        case .number(let range):
            return json.adding("minimum", .int(range.lowerBound)).adding("maximum", .int(range.upperBound))
        case .day, .time: return json
        }
    }

    private static func word(_ kind: MessageTemplate.Kind) -> String {
        switch kind {
        case .text: "text"
        case .number: "number"
        case .day: "day"
        case .time: "time"
        }
    }

    static let example: JSON = [
        "_id": "65a50b2c9f1d4e00123456b2", "id": "65a50b2c9f1d4e00123456b2", "key": "uhuru-closed-2024-01-15",
        "template": "road_closed", "title": "Road closed: Uhuru Highway",
        "message": "Uhuru Highway is closed on 2024-01-15 until 18:30. Please take another way.", "type": "traffic",
        "audience": "mechanic", "status": "running", "recipients": 36, "told": 0,
        "created_by": "65a50b2c9f1d4e0012345670", "created_at": "2024-01-15T10:30:00Z", "finished_at": nil,
    ]

    static let finishedExample = example.adding("status", "finished").adding("told", 36)
        .adding("finished_at", "2024-01-15T10:30:01Z")

    static let parameterExample: JSON = ["name": "road", "kind": "text", "max_length": 60]
    static let numberExample: JSON = ["name": "percent", "kind": "number", "minimum": 1, "maximum": 100]

    static let templateExample: JSON = [
        "code": "road_closed", "title": "Road closed: {road}",
        "message": "{road} is closed on {day} until {until}. Please take another way.", "type": "traffic",
        "parameters": [parameterExample],
    ]
}
