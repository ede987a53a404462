import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// B18: a call for help. With a drop-off it is a tow, without one a repair (K17).
struct AssistanceBody {
    let request: JobRequest

    init(_ fields: Fields, catalog: Catalog) throws(RoadsideError) {
        var fields = fields
        let pickup = fields.object("pickup") { $0.place() } ?? nil
        let dropoff = fields.optionalObject("dropoff") { $0.place() } ?? nil
        let description = fields.optionalText("description", max: 2000) ?? ""
        let type = try catalog.code(of: fields.has("dropoff") ? .towing : .repair)
        let faults = catalog.issues(
            serviceType: type, requirements: JobRequirements(), location: pickup?.point, destination: dropoff?.point)
        for issue in faults where fields.issues.isEmpty {
            fields.issue(DepanniniWords.field(issue.name), issue.message)
        }
        try fields.finish()
        guard let pickup else { throw .validation([FieldIssue(name: "pickup", message: "is required")]) }
        var request = JobRequest(
            serviceType: type, location: pickup.point, address: pickup.address, description: description,
            destination: dropoff, channel: Depannini.name)
        request.policy = Self.policy
        self.request = request
    }
}

extension AssistanceBody {
    /// Assistants near by (K21), one open assistance a client (K46), and no code to start it (K23).
    fileprivate static let policy = JobPolicy(plan: .nearby, isSingleOpen: true, needsStartCode: false)
}

/// B23: a status to lead the assistance to.
struct UpdateBody {
    let command: DepanniniWords.Command
    /// Of an assistance whose start asks for the client's code, because it came through another dialect.
    let otp: String?
    /// An extension: the assistant has been paid in cash, of an assistance that asks for that before it begins.
    let hasCash: Bool

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let word = fields.text("status", max: 60)
        let command = DepanniniWords.command(word)
        if command == nil, !word.isEmpty {
            fields.issue("status", "must be one of \(DepanniniWords.commands.joined(separator: ", "))")
        }
        otp = fields.optionalText("otp", max: 20)
        let payment = fields.optionalText("payment_status", max: 20)
        hasCash = payment == DepanniniWords.paid
        if payment != nil, !hasCash { fields.issue("payment_status", "must be \(DepanniniWords.paid)") }
        try fields.finish()
        guard let command else { throw .validation([FieldIssue(name: "status", message: "is required")]) }
        self.command = command
    }
}

/// B31: what a client thinks of the assistance.
struct RateBody {
    let rating: Int
    let comment: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        if !fields.has("rating") { fields.issue("rating", "is required") }
        rating = fields.optionalInt("rating", in: ReviewRules.stars) ?? 0
        comment = fields.optionalText("comment", max: ReviewRules.commentLimit)
        try fields.finish()
    }
}

/// B20: which slice of one's own; the document knows only the whole list, so a slice is as long as may be.
struct ListQuery {
    let page: PageRequest

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        page = query.page(perPage: 100)
        try query.finish()
    }
}

extension Fields {
    fileprivate mutating func place() -> Place? {
        let address = optionalText("address", max: 300) ?? ""
        return spot().map { Place(point: $0, address: address) }
    }
}
