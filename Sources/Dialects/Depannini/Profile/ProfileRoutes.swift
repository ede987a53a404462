import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// B13–B16: who one is, where one is, and on duty or not.
struct ProfileRoutes: Sendable {
    let accounts: Accounts
    let tracking: Tracking
    let providers: Providers
    let catalog: Catalog

    init(_ roadside: Roadside) {
        accounts = roadside.accounts
        tracking = roadside.tracking
        providers = roadside.providers
        catalog = roadside.catalog
    }

    var blueprint: Blueprint<WebContext> {
        var profile = Blueprint<WebContext>("profile", prefix: "/profile")
        profile.get("/user/", name: "user", Self.user, handler: user)
        profile.get("/assistant/", name: "assistant", Self.assistant, handler: assistant)
        profile.post("/update-location/", name: "update_location", Self.updateLocation, handler: updateLocation)
        profile.post("/assistant-status/", name: "assistant_status", Self.assistantStatus, handler: assistantStatus)
        return profile
    }

    @Sendable private func user(_ request: Request, _ context: WebContext) async throws -> Response {
        let account = try await accounts.account(context.requireCaller().userID)
        return JSONResponse(PersonView.json(account, catalog)).response
    }

    @Sendable private func assistant(_ request: Request, _ context: WebContext) async throws -> Response {
        try await profile(of: context.requireCaller())
    }

    @Sendable private func updateLocation(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try UpdateLocationBody(try await RequestJSON.fields(request))
        try await tracking.locate(body.position, by: context.requireCaller())
        return JSONResponse(Self.located(body.position.point)).response
    }

    @Sendable private func assistantStatus(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try AssistantStatusBody(try await RequestJSON.fields(request))
        let caller = try context.requireCaller()
        try await providers.setDuty(body.isActive, quiet: nil, by: caller)
        return try await profile(of: caller)
    }

    private func profile(of caller: Caller) async throws -> Response {
        JSONResponse(AssistantProfileView.json(try await accounts.account(caller.userID), catalog)).response
    }

    private static func located(_ point: GeoPoint) -> JSON {
        ["latitude": .double(point.latitude), "longitude": .double(point.longitude)]
    }
}

// What the documents say.
extension ProfileRoutes {
    static let tag = "Depannini: profile"

    static let user = Operation.depannini(
        tag, "One's own profile", for: .signedIn, answer: "The profile", PersonView.example)

    static let assistant = Operation.depannini(
        tag, "One's own profile as an assistant", for: .only([.provider]), answer: "The profile",
        AssistantProfileView.example)

    static let updateLocation = Operation.depannini(
        tag, "Tell where one is", for: .only([.customer, .provider]),
        description: "A live position of an assistant; of a client, where he looks from.",
        body: .json(
            .object(["latitude": .latitude, "longitude": .longitude]),
            example: ["latitude": -1.2921, "longitude": 36.8219]),
        answer: "Kept", ["latitude": -1.2921, "longitude": 36.8219])

    static let assistantStatus = Operation.depannini(
        tag, "Go on or off duty", for: .only([.provider]), description: "Not off duty with an assistance in hand.",
        body: .json(.object(["is_active": .boolean]), example: ["is_active": true]),
        answer: "The profile", AssistantProfileView.example, refusals: [409])
}
