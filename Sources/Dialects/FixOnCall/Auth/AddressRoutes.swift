import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideWeb

/// F7: another e-mail address or phone number.
struct AddressRoutes: Sendable {
    let accounts: Accounts

    var blueprint: Blueprint<WebContext> {
        var addresses = Blueprint<WebContext>("addresses", prefix: "/auth")
        addresses.post("/change-address", name: "change", Self.change, handler: change)
        addresses.post("/confirm-address", name: "confirm", Self.confirm, handler: confirm)
        return addresses
    }

    @Sendable private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try ChangeAddressBody(try await RequestJSON.fields(request))
        try await accounts.changeAddress(
            context.requireCaller(), to: body.address, password: body.password, from: Visitor(request, context))
        return Envelope.success("A code is on its way to the new address.", status: .accepted)
    }

    @Sendable private func confirm(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try ConfirmAddressBody(try await RequestJSON.fields(request))
        let account = try await accounts.confirmAddress(
            context.requireCaller(), body.address, code: body.code, from: Visitor(request, context))
        return Envelope.success("Your address is changed.", ["user": UserView(account).json])
    }
}
