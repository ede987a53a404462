import BSON
import Blueprint
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Roadside
import RoadsideWeb

/// Tables for spreadsheets, for admins. They leave slice by slice, while they are read.
struct ExportRoutes: Sendable {
    let administration: Administration

    var blueprint: Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>("exports", prefix: "/admin/exports")
        blueprint.get("/users.csv", name: "users", Self.users, handler: users)
        blueprint.get("/services.csv", name: "services", Self.services, handler: services)
        blueprint.get("/bookings.csv", name: "bookings", Self.bookings, handler: bookings)
        blueprint.get("/audit-log.csv", name: "audit_log", Self.auditLog, handler: auditLog)
        return blueprint
    }

    @Sendable private func users(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        return try await table(.users, .users, by: caller) { place throws(RoadsideError) in
            try await administration.exportedUsers(after: place, for: caller)
        } view: {
            ManagedUserView($0).json
        }
    }

    @Sendable private func services(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        return try await table(.jobs, .services, by: caller) { place throws(RoadsideError) in
            try await administration.exportedJobs(after: place, for: caller)
        } view: {
            ServiceView($0).json
        }
    }

    @Sendable private func bookings(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        return try await table(.bookings, .bookings, by: caller) { place throws(RoadsideError) in
            try await administration.exportedBookings(after: place, for: caller)
        } view: {
            BookingView($0).json
        }
    }

    @Sendable private func auditLog(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        return try await table(.auditLog, .auditLog, by: caller) { place throws(RoadsideError) in
            try await administration.exportedAuditLog(after: place, for: caller)
        } view: {
            AuditView($0).json
        }
    }

    /// The first slice is read and the export written down before anything is sent, so that a refusal is an answer. What
    /// fails later breaks the answer off without its end, which every client notices.
    private func table<Item: Sendable>(
        _ kind: ExportKind, _ table: ExportTable, by caller: Caller,
        slice: @escaping @Sendable (ObjectID?) async throws(RoadsideError) -> ExportSlice<Item>,
        view: @escaping @Sendable (Item) -> JSON
    ) async throws -> Response {
        let first = try await slice(nil)
        try await administration.beginExport(of: kind, by: caller)
        let body = ResponseBody { writer in
            var some = first
            var text = table.heading
            while true {
                for item in some.items { text += table.record(view(item)) }
                try await writer.write(ByteBuffer(string: text))
                guard let place = some.next else { break }
                some = try await slice(place)
                text = ""
            }
            try await writer.finish(nil)
        }
        let name = "\(FixOnCallWords.table(kind))-\(ISO8601.seconds(Date()).prefix(10)).csv"
        let headers: HTTPFields = [
            .contentType: "text/csv; charset=utf-8", .contentDisposition: "attachment; filename=\"\(name)\"",
            .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        return Response(status: .ok, headers: headers, body: body)
    }
}

extension FixOnCallWords {
    /// What a file with such a table is called.
    static func table(_ kind: ExportKind) -> String {
        switch kind {
        case .users: "users"
        case .jobs: "services"
        case .bookings: "bookings"
        case .auditLog: "audit-log"
        }
    }
}
