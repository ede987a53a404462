import BSON
import Blueprint
import Foundation
import Hummingbird
import Roadside
import RoadsideWeb

/// D1–D4 and F7: who one is. Passwords have routes of their own, ``PasswordRoutes``.
struct AuthRoutes: Sendable {
    let accounts: Accounts

    var blueprint: Blueprint<WebContext> {
        var auth = Blueprint<WebContext>("auth", prefix: "/auth")
        auth.post("/register", name: "register", Self.register, handler: register)
        auth.post("/login", name: "login", Self.login, handler: login)
        auth.post("/google", name: "google", Self.google, handler: google)
        auth.get("/profile", name: "profile", Self.profile, handler: profile)
        auth.put("/profile", name: "update_profile", Self.updateProfile, handler: updateProfile)
        auth.post("/refresh", name: "refresh", Self.refresh, handler: refresh)
        auth.post("/logout", name: "logout", Self.logout, handler: logout)
        auth.post("/logout-all", name: "logout_all", Self.logoutAll, handler: logoutAll)
        auth.post("/verify-email", name: "verify_email", Self.verifyEmail) { request, context in
            try await verify(request, context, email: true)
        }
        auth.post("/verify-phone", name: "verify_phone", Self.verifyPhone) { request, context in
            try await verify(request, context, email: false)
        }
        auth.post("/resend-verification", name: "resend_verification", Self.resend, handler: resend)
        return auth
    }

    @Sendable private func register(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try RegisterBody(try await RequestJSON.fields(request))
        let signIn = try await accounts.register(body.registration, from: Visitor(request, context))
        let message = (["Registration successful."] + signIn.notices).joined(separator: " ")
        return Envelope.created(
            message, SignInView(signIn, at: Date()).json, at: try context.routing.url(for: ".profile"))
    }

    @Sendable private func login(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try LoginBody(try await RequestJSON.fields(request))
        let visitor = Visitor(request, context)
        let signIn =
            switch body.identity {
            case .email(let email): try await accounts.login(email: email, password: body.password, from: visitor)
            case .phone(let phone): try await accounts.login(phone: phone, password: body.password, from: visitor)
            }
        return Envelope.success("Login successful.", SignInView(signIn, at: Date()).json)
    }

    @Sendable private func google(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try GoogleBody(try await RequestJSON.fields(request))
        let signIn = try await accounts.signIn(
            identity: body.token, nonce: body.nonce, password: body.password, from: Visitor(request, context))
        return Envelope.success("Login successful.", SignInView(signIn, at: Date()).json)
    }

    @Sendable private func profile(_ request: Request, _ context: WebContext) async throws -> Response {
        let account = try await accounts.account(context.requireCaller().userID)
        return Envelope.success("Profile retrieved.", ["user": UserView(account).json])
    }

    @Sendable private func updateProfile(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try ProfileBody(try await RequestJSON.fields(request))
        let account = try await accounts.update(context.requireCaller(), body.change)
        return Envelope.success("Profile updated.", ["user": UserView(account).json])
    }

    @Sendable private func refresh(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try RefreshBody(try await RequestJSON.fields(request))
        let signIn = try await accounts.refresh(body.refreshToken, from: DeviceBinding(request))
        return Envelope.success("Token refreshed.", SignInView(signIn, at: Date()).json)
    }

    @Sendable private func logout(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try LogoutBody(try await RequestJSON.fields(request))
        try await accounts.logout(refreshToken: body.refreshToken, caller: context.requireCaller())
        return Envelope.success("Logged out.")
    }

    @Sendable private func logoutAll(_ request: Request, _ context: WebContext) async throws -> Response {
        try await accounts.logoutAll(context.requireCaller())
        return Envelope.success("Logged out everywhere.")
    }

    private func verify(_ request: Request, _ context: WebContext, email: Bool) async throws -> Response {
        let body = try VerificationBody(try await RequestJSON.fields(request), email: email)
        let account = try await accounts.verify(
            address: body.address, code: body.code, from: Visitor(request, context))
        return Envelope.success("Verified.", ["is_verified": .bool(account.isVerified)])
    }

    /// The answer is the same whether or not there is such an account, so that nobody can find out by asking.
    @Sendable private func resend(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try ResendBody(try await RequestJSON.fields(request))
        let visitor = Visitor(request, context)
        if let address = body.address {
            try await accounts.resendVerification(address: address, from: visitor)
        } else {
            let caller = try await accounts.authenticate(bearer: BearerAuth.token(in: request.headers))
            try await accounts.resendVerification(to: caller, from: visitor)
        }
        return Envelope.success("If this address is waiting for a code, a new one is on its way.", status: .accepted)
    }
}
