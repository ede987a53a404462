import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideWeb

/// F7: a password that was forgotten, and one that is to be another.
struct PasswordRoutes: Sendable {
    let accounts: Accounts

    var blueprint: Blueprint<WebContext> {
        var passwords = Blueprint<WebContext>("passwords", prefix: "/auth")
        passwords.post("/forgot-password", name: "forgot", Self.forgot, handler: forgot)
        passwords.post("/reset-password", name: "reset", Self.reset, handler: reset)
        passwords.post("/change-password", name: "change", Self.change, handler: change)
        return passwords
    }

    @Sendable private func forgot(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try ForgotPasswordBody(try await RequestJSON.fields(request))
        try await accounts.forgotPassword(address: body.address, from: Visitor(request, context))
        return Envelope.success(
            "If there is an account with this address, a code is on its way.", status: .accepted)
    }

    @Sendable private func reset(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try ResetPasswordBody(try await RequestJSON.fields(request))
        try await accounts.resetPassword(
            address: body.address, code: body.code, password: body.password, from: Visitor(request, context))
        return Envelope.success("Your password is changed. Please log in.")
    }

    @Sendable private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try ChangePasswordBody(try await RequestJSON.fields(request))
        try await accounts.changePassword(
            context.requireCaller(), from: body.current, to: body.new, visitor: Visitor(request, context))
        return Envelope.success("Your password is changed.")
    }
}
