import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

/// What ``AnnouncementBody`` reads: each template has parameters of its own, each kind of audience is named by itself.
extension AnnouncementBody {
    static let schema = Schema.anyOf(
        MessageTemplate.all.map { template in
            .object([
                "key": .string(pattern: "^[A-Za-z0-9._-]+$", length: 1...64),
                "template": .string(oneOf: [template.code]), "parameters": parameters(of: template),
                "audience": audience,
            ])
        })

    private static func parameters(of template: MessageTemplate) -> Schema {
        let properties = template.parameters.map { JSON.Member($0.name, shape($0.kind).json) }
        return Schema([
            "type": "object", "properties": .object(properties),
            "required": .array(template.parameters.map { .string($0.name) }),
        ])
    }

    private static func shape(_ kind: MessageTemplate.Kind) -> Schema {
        switch kind {
        case .text(let max, _): .text(max: max)
        case .number(let range): .integer(in: range)
        case .day: .day
        case .time: .timeOfDay
        }
    }

    private static let audience = Schema.anyOf([
        only("user_type", .string(oneOf: userTypes)), only("ids", .array(of: .referenceText, count: 0...1000)),
        only(
            "area",
            .object(["latitude": .latitude, "longitude": .longitude, "radius_km": .number(in: 0.1...100)])),
    ])

    /// This one of the three; `null` stands for the others as well as silence does.
    private static func only(_ name: String, _ shape: Schema) -> Schema {
        let others = ["user_type", "ids", "area"].filter { $0 != name }
        let properties = [JSON.Member(name, shape.json)] + others.map { JSON.Member($0, ["type": "null"]) }
        return Schema(["type": "object", "properties": .object(properties), "required": [.string(name)]])
    }
}
