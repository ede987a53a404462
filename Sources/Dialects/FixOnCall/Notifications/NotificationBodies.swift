import Roadside
import RoadsideRules
import RoadsideWeb

/// D19: which slice of the inbox.
struct NotificationQuery {
    let page: PageRequest

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        page = query.page()
        try query.finish()
    }
}

/// D18: a few lines to one person. How long they may be is the context's business.
struct SendBody {
    let recipient: Reference
    let message: StaffMessage

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let recipient = fields.reference("recipient_id")
        message = StaffMessage(
            title: fields.text("title", max: 100), text: fields.text("message", max: 2000),
            topic: fields.optionalText("type", max: 40) ?? StaffMessage.defaultTopic)
        try fields.finish()
        guard let recipient else { throw .validation([FieldIssue(name: "recipient_id", message: "is required")]) }
        self.recipient = recipient
    }
}
