import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// D24: what an uploaded file is for; the texts beside it in its form.
struct UploadBody {
    let purpose: UploadPurpose
    /// The service that a photo shows.
    let service: Reference?

    init(_ form: UploadForm) throws(RoadsideError) {
        var fields = Fields(form.fields)
        let word = fields.text("purpose", max: 40)
        let purpose = FixOnCallWords.purpose(word)
        if purpose == nil, !word.isEmpty {
            fields.issue("purpose", "must be one of \(FixOnCallWords.purposes.joined(separator: ", "))")
        }
        if purpose == .jobPhoto {
            service = fields.reference("service_id")
        } else {
            service = nil
            if purpose != nil, fields.has("service_id") { fields.issue("service_id", "belongs to photos of a service") }
        }
        try fields.finish()
        // Without a purpose there was an issue.
        self.purpose = purpose ?? .document
    }
}

extension Fields {
    /// The ids of uploaded files; none when the member is absent.
    mutating func uploads(_ name: String) -> [ObjectID] {
        let texts = optionalTexts(name, max: 36) ?? []
        let ids = texts.compactMap { text -> ObjectID? in
            guard case .id(let id)? = Reference(text) else { return nil }
            return id
        }
        if ids.count != texts.count { issue(name, "must be ids of uploaded files") }
        return ids
    }

    /// The id of an uploaded file, which has no other name; nil only together with an issue.
    mutating func upload(_ name: String) -> ObjectID? {
        switch reference(name) {
        case .id(let id): return id
        case .number:
            issue(name, "must be the id of an uploaded file")
            return nil
        case nil: return nil
        }
    }
}
