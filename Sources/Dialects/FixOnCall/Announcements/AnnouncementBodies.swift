import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// What is to be told to whom.
struct AnnouncementBody {
    static let everybody = "all"
    static let userTypes = [everybody] + FixOnCallWords.userTypes
    private static let longestKey = 64

    let draft: AnnouncementDraft

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let key = fields.text("key", max: Self.longestKey)
        let template = fields.text("template", max: 60)
        let values = fields.templateValues("parameters")
        let audience = fields.object("audience") { $0.audience() } ?? nil
        try fields.finish()
        // Without an audience there was an issue.
        draft = AnnouncementDraft(
            key: key, template: template, values: values, audience: audience ?? .people([]))
    }
}

extension Fields {
    /// Values of parameters by their names, whatever they are; which of them are right is the template's business.
    fileprivate mutating func templateValues(_ name: String) -> [String: TemplateValue] {
        members(name).reduce(into: [:]) { values, member in
            switch member.value {
            case .null: break
            case .string(let text): values[member.name] = .text(text)
            default:
                // `5.0` is a whole number, too.
                let whole = member.value.int ?? member.value.double.flatMap { Int64(exactly: $0) }
                values[member.name] = whole.map(TemplateValue.number) ?? .other
            }
        }
    }

    /// Out of this object's own members; nil only together with an issue.
    fileprivate mutating func audience() -> Audience? {
        let named = ["user_type", "ids", "area"].filter { has($0) }
        guard let kind = named.first, named.count == 1 else {
            issue(named.first ?? "user_type", "name one of user_type, ids and area")
            return nil
        }
        switch kind {
        case "user_type":
            let word = text("user_type", max: 40)
            if word == AnnouncementBody.everybody { return .everybody }
            guard let role = FixOnCallWords.role(userType: word) else {
                issue("user_type", "must be one of \(AnnouncementBody.userTypes.joined(separator: ", "))")
                return nil
            }
            return .role(role)
        case "ids":
            let texts = optionalTexts("ids", max: 36, count: 1000) ?? []
            let references = texts.compactMap(Reference.init)
            guard references.count == texts.count else {
                issue("ids", "must be ids of users")
                return nil
            }
            return .people(references)
        default:
            let area = object("area") { area in
                let radius = area.number("radius_km", in: 0.1...100)
                return area.point().map { Audience.area($0, radiusKm: radius) }
            }
            return area ?? nil
        }
    }
}
