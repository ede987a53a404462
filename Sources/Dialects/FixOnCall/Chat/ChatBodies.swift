import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: what one side of a service writes to the other. How much and when is the context's business.
struct MessageBody {
    let text: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        text = fields.text("text", max: ChatRules.bytes.upperBound)
        try fields.finish()
    }
}

/// How far one side has read.
struct ReadBody {
    let seq: Int64

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        if !fields.has("seq") { fields.issue("seq", "is required") }
        seq = Int64(fields.optionalInt("seq", in: 1...Int.max) ?? 1)
        try fields.finish()
    }
}

/// The same on the socket, where the frame names the service.
struct ChatFrame {
    let service: Reference
    let text: String

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let service = fields.reference("service_id")
        text = fields.text("text", max: ChatRules.bytes.upperBound)
        try fields.finish()
        guard let service else { throw .validation([FieldIssue(name: "service_id", message: "is required")]) }
        self.service = service
    }
}
