import BSON
import Blueprint
import Foundation
import HTTPTypes
import Hummingbird
import Roadside
import RoadsideWeb

/// One's own data: to take along, and to take away.
struct PersonalRoutes: Sendable {
    let data: PersonalData

    var blueprint: Blueprint<WebContext> {
        var personal = Blueprint<WebContext>("personal", prefix: "/auth")
        personal.get("/export", name: "export", Self.export, handler: export)
        personal.delete("/account", name: "erase", Self.erase, handler: erase)
        return personal
    }

    @Sendable private func export(_ request: Request, _ context: WebContext) async throws -> Response {
        let record = try await data.export(context.requireCaller())
        return Envelope.success(
            "This is all we hold about you.", ExportView(record, at: Date()).json,
            headers: [.contentDisposition: #"attachment; filename="fix-on-call.json""#])
    }

    @Sendable private func erase(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try EraseBody(try await RequestJSON.fields(request))
        try await data.erase(
            context.requireCaller(), password: body.password, from: Visitor(request, context))
        return Envelope.success("Your account is erased.")
    }
}
