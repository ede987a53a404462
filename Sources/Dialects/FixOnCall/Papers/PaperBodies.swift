import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// A mechanic's document; what it says is judged by the context.
struct PaperBody {
    let draft: PaperDraft

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let word = fields.text("kind", max: 40)
        let kind = FixOnCallWords.document(word)
        if kind == nil, !word.isEmpty {
            fields.issue("kind", "must be one of \(FixOnCallWords.documents.joined(separator: ", "))")
        }
        let number = fields.text("number", max: 40)
        let expiresOn = fields.optionalText("expires_on", max: 10)
        let upload = fields.upload("upload_id")
        try fields.finish()
        // Without either there was an issue.
        draft = PaperDraft(
            kind: kind ?? .certificate, number: number, expiresOn: expiresOn, uploadID: upload ?? ObjectID())
    }
}

/// Which documents an admin wants to see.
struct PapersQuery {
    static let perPage = 20

    let page: PageRequest
    let state: PaperState?

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        page = query.page(perPage: Self.perPage)
        let word = query.optionalText("status", max: 40)
        state = word.flatMap(FixOnCallWords.documentState)
        if word != nil, state == nil {
            query.issue("status", "must be one of \(FixOnCallWords.documentStates.joined(separator: ", "))")
        }
        try query.finish()
    }
}
