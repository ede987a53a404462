import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// D24: photos and papers in, and out again under the address that the source document names.
struct UploadRoutes: Sendable {
    static let folder = "/static/uploads"

    let uploads: Uploads

    var blueprint: Blueprint<WebContext> {
        var blueprint = Blueprint<WebContext>("uploads", prefix: "/uploads")
        blueprint.post("", name: "upload", Self.upload, handler: upload)
        return blueprint
    }

    /// Beside `/api`, so it asks for the token itself.
    func files(_ accounts: Accounts, _ limits: RequestLimits) -> Blueprint<WebContext> {
        var files = Blueprint<WebContext>("files", prefix: Self.folder)
        files.before(BearerAuth(accounts).hook)
        files.before(limits.before())
        files.after(limits.after)
        files.get("/<id>", name: "file", Self.file, handler: file)
        return files
    }

    @Sendable private func upload(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let form = try await UploadForm.read(request, into: uploads, by: caller)
        do {
            let body = try UploadBody(form)
            let upload = try await uploads.finish(form.draft, as: body.purpose, of: body.service, by: caller)
            return Envelope.created(
                "File stored.", ["upload": UploadView(upload).json], at: UploadView.url(upload.id))
        } catch {
            await uploads.discard(form.draft.id)
            throw error
        }
    }

    @Sendable private func file(_ request: Request, _ context: WebContext) async throws -> Response {
        guard case .id(let id) = try context.reference(to: "File") else { throw RoadsideError.notFound("File") }
        var query = QueryFields(request)
        let link = query.optionalText("link", max: 512)
        try query.finish()
        let upload = try await uploads.open(id, for: context.requireCaller(), link: link)
        return try await UploadAnswer.response(to: request, with: upload, of: uploads)
    }
}
