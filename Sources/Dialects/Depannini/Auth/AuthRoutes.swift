import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// B2–B12: newcomers, sign-in, proof of addresses, forgotten passwords.
struct AuthRoutes: Sendable {
    let accounts: Accounts
    let catalog: Catalog

    init(_ roadside: Roadside) {
        accounts = roadside.accounts
        catalog = roadside.catalog
    }

    var blueprint: Blueprint<WebContext> {
        var auth = Blueprint<WebContext>("auth", prefix: "/auth")
        auth.post("/register/", name: "register", Self.register, handler: register)
        auth.post("/login/email/", name: "login_email", Self.loginEmail) { request, context in
            let body = try LoginBody(try await RequestJSON.fields(request), email: true)
            return answer(
                try await accounts.login(
                    email: body.address, password: body.password, from: Visitor(request, context)))
        }
        auth.post("/login/phone/", name: "login_phone", Self.loginPhone) { request, context in
            let body = try LoginBody(try await RequestJSON.fields(request), email: false)
            return answer(
                try await accounts.login(
                    phone: body.address, password: body.password, from: Visitor(request, context)))
        }
        auth.post("/login/google/", name: "login_google", Self.loginGoogle, handler: google)
        auth.post("/verify-email/", name: "verify_email", Self.verifyEmail) { request, context in
            try await verify(request, context, email: true)
        }
        auth.post("/verify-phone/", name: "verify_phone", Self.verifyPhone) { request, context in
            try await verify(request, context, email: false)
        }
        auth.post("/password-reset/", name: "password_reset", Self.passwordReset, handler: passwordReset)
        auth.post("/password-reset/confirm/", name: "password_confirm", Self.passwordConfirm, handler: passwordConfirm)
        auth.post("/resend-verification/", name: "resend_verification", Self.resend, handler: resend)
        auth.post("/token/refresh/", name: "refresh", Self.refresh, handler: refresh)
        return auth
    }

    private func answer(_ signIn: SignIn) -> Response { JSONResponse(TokensView.json(signIn, catalog)).response }

    private func say(_ detail: String) -> Response { JSONResponse(DetailView.json(detail)).response }

    @Sendable private func register(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try RegisterBody(try await RequestJSON.fields(request))
        let signIn = try await accounts.register(body.registration, from: Visitor(request, context))
        return JSONResponse(TokensView.newcomer(signIn, catalog), status: .created).response
    }

    @Sendable private func google(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try GoogleBody(try await RequestJSON.fields(request))
        return answer(
            try await accounts.signIn(
                identity: body.token, password: body.password, from: Visitor(request, context)))
    }

    private func verify(_ request: Request, _ context: WebContext, email: Bool) async throws -> Response {
        let body = try VerifyBody(try await RequestJSON.fields(request), email: email)
        _ = try await accounts.verify(address: body.address, code: body.code, from: Visitor(request, context))
        return say(Self.verified)
    }

    @Sendable private func passwordReset(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try PasswordResetBody(try await RequestJSON.fields(request))
        try await accounts.forgotPassword(address: body.email, from: Visitor(request, context))
        return say(Self.codeMayBeOnItsWay)
    }

    @Sendable private func passwordConfirm(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try PasswordConfirmBody(try await RequestJSON.fields(request))
        do throws(RoadsideError) {
            try await accounts.resetPassword(
                address: body.email, code: body.code, password: body.password, from: Visitor(request, context))
        } catch {
            throw error.renaming("password", to: "new_password")
        }
        return say(Self.passwordChanged)
    }

    /// The answer is the same whether or not there is such an account, so that nobody can find out by asking (B11).
    @Sendable private func resend(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try ResendBody(try await RequestJSON.fields(request))
        let visitor = Visitor(request, context)
        if let address = body.address {
            try await accounts.resendVerification(address: address, from: visitor)
        } else {
            let caller = try await accounts.authenticate(bearer: BearerAuth.token(in: request.headers))
            try await accounts.resendVerification(to: caller, from: visitor)
        }
        return say(Self.codeMayBeOnItsWay)
    }

    @Sendable private func refresh(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try RefreshBody(try await RequestJSON.fields(request))
        let signIn = try await accounts.refresh(body.refresh, from: DeviceBinding(request))
        return JSONResponse(TokensView.pair(signIn)).response
    }

    static let verified = "Verified."
    static let codeMayBeOnItsWay = "If this address is waiting for a code, a new one is on its way."
    static let passwordChanged = "Your password is changed. Please log in."
}

extension RoadsideError {
    /// The same with another name for one field.
    fileprivate func renaming(_ name: String, to other: String) -> RoadsideError {
        var error = self
        error.fields = fields.map { $0.name == name ? FieldIssue(name: other, message: $0.message) : $0 }
        return error
    }
}
