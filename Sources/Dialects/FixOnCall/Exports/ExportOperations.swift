import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

// What the documents say.
extension ExportRoutes {
    static let users = operation("All users as CSV")
    static let services = operation("All services as CSV")
    static let bookings = operation("All bookings as CSV")
    static let auditLog = operation("The audit log as CSV")

    private static func operation(_ summary: String) -> Operation {
        var operation = Operation.fixOnCall(
            "Admin", summary, for: .only([.admin]),
            description: """
                RFC 4180 in UTF-8, with a heading, oldest first, sent while it is read; each export is a line of the audit \
                log. A text that a spreadsheet might take for a formula has an apostrophe before it, \
                also within a text, behind a semicolon, tab or line end.
                """,
            message: "The table", data: [:])
        operation.responses[200] = Operation.Reply(
            "The table", Operation.Content(mediaType: "text/csv", .string(format: "binary")))
        return operation
    }
}
