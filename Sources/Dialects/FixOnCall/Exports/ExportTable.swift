import BSON
import RoadsideRules
import RoadsideWeb

/// A table made of views: a column for each place in them that is worth one.
struct ExportTable: Sendable {
    /// Places in a view, members of members behind points: `customer.name`. They are the names of the columns, too.
    let columns: [String]

    init(_ columns: String...) { self.columns = columns }

    var heading: String { CSVText.record(columns.map { .text($0) }) }

    func record(_ view: JSON) -> String {
        CSVText.record(
            columns.map { column in
                Self.cell(column.split(separator: ".").reduce(view as JSON?) { $0?[String($1)] })
            })
    }

    /// What people have written is a text, and so is what has parts; numbers and flags are ours.
    private static func cell(_ value: JSON?) -> CSVText.Cell {
        switch value {
        case nil, .null: .empty
        case .string(let text): .text(text)
        case .bool, .int, .double, .decimal: .plain(value?.text ?? "")
        case .array, .object, .encoded: .text(value?.text ?? "")
        }
    }

    static let users = ExportTable(
        "id", "number", "user_type", "name", "email", "phone", "is_active", "is_verified", "verification.state",
        "verification.reason", "rating", "rating_count", "created_at", "updated_at")

    static let services = ExportTable(
        "id", "number", "service_type", "status", "stage", "customer.id", "customer.name", "customer.phone",
        "mechanic.id", "mechanic.name", "mechanic.phone", "location.address", "location.latitude",
        "location.longitude", "description", "price_estimate", "price_final", "currency", "payment_status",
        "created_at", "updated_at")

    static let bookings = ExportTable(
        "id", "number", "service_id", "service_type", "status", "stage", "scheduled_time", "estimated_duration",
        "customer.id", "customer.name", "mechanic.id", "mechanic.name", "location.address", "notes",
        "price_estimate", "currency", "cancellation_reason", "cancelled_at", "created_at", "updated_at")

    static let auditLog = ExportTable(
        "id", "created_at", "action", "actor.id", "actor.name", "actor_type", "subject_type", "subject_id",
        "subject_name", "before", "after", "request_id", "address")
}
