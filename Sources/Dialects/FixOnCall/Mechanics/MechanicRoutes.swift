import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// F1 and F2: mechanics, and what one of them says of himself.
struct MechanicRoutes: Sendable {
    let accounts: Accounts
    let tracking: Tracking
    let reviews: ReviewRoutes

    init(_ roadside: Roadside) {
        accounts = roadside.accounts
        tracking = roadside.tracking
        reviews = ReviewRoutes(reviews: roadside.reviews)
    }

    var blueprint: Blueprint<WebContext> {
        var mechanics = Blueprint<WebContext>("mechanics", prefix: "/mechanics")
        mechanics.get("/nearby", name: "nearby", Self.nearby, handler: MechanicSearch(tracking: tracking).answer)
        mechanics.get("/me", name: "me", Self.myself, handler: myself)
        mechanics.put("/me", name: "update", Self.update, handler: update)
        mechanics.post("/me/availability", name: "availability", Self.availability, handler: availability)
        mechanics.post("/me/location", name: "location", Self.location, handler: location)
        mechanics.get("/<id>", name: "mechanic", Self.mechanic, handler: mechanic)
        reviews.recordOfMechanic(in: &mechanics)
        return mechanics
    }

    @Sendable private func mechanic(_ request: Request, _ context: WebContext) async throws -> Response {
        let card = try await accounts.providerCard(context.reference(to: "Mechanic"), for: context.requireCaller())
        return Envelope.success("Mechanic retrieved.", ["mechanic": MechanicView.json(card)])
    }

    @Sendable private func myself(_ request: Request, _ context: WebContext) async throws -> Response {
        try await accounts.answer(context.requireCaller(), "Mechanic retrieved.")
    }

    @Sendable private func update(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try ProfileBody(try await RequestJSON.fields(request))
        _ = try await accounts.update(caller, body.change)
        return try await accounts.answer(caller, "Profile updated.")
    }

    @Sendable private func availability(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try AvailabilityBody(try await RequestJSON.fields(request))
        try await tracking.setAvailability(body.availability, by: caller)
        return try await accounts.answer(caller, "Availability updated.")
    }

    @Sendable private func location(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try LocationBody(try await RequestJSON.fields(request))
        let profile =
            if body.isSingle, let position = body.positions.first {
                try await tracking.report(position, by: caller)
            } else {
                try await tracking.report(body.positions, by: caller)
            }
        // Read for the position's sake: nothing is asked of the database for the answer.
        let card = ProviderCard(profile, workload: accounts.workload(of: profile))
        return Envelope.success("Location updated.", ["mechanic": MechanicView.json(card)])
    }
}

extension Accounts {
    /// The caller himself, after whatever he has said.
    func answer(_ caller: Caller, _ message: String) async throws -> Response {
        let card = try await providerCard(.id(caller.userID), for: caller)
        return Envelope.success(message, ["mechanic": MechanicView.json(card)])
    }
}

// What the documents say.
extension MechanicRoutes {
    private static let tag = "Mechanics"
    static let me: JSON = ["mechanic": MechanicView.ownExample]
    private static let somebody: JSON = ["mechanic": MechanicView.example]

    static let nearby = MechanicSearch.operation(tag, "Mechanics near a point")

    static let mechanic = Operation.fixOnCall(
        tag, "One mechanic", for: .signedIn,
        description: "Contact data is masked and the position rounded for everybody but himself and staff.",
        message: "Mechanic retrieved.", data: somebody, refusals: [404])

    static let myself = Operation.fixOnCall(
        tag, "Oneself: profile, duty, papers, truck", for: .only([.provider]), message: "Mechanic retrieved.", data: me)

    static let update = Operation.fixOnCall(
        tag, "Change one's own profile", for: .only([.provider]),
        body: .json(AuthRoutes.profileBody, example: ["specialization": ["engine", "electrical"]]),
        message: "Profile updated.", data: me, refusals: [409])

    static let availability = Operation.fixOnCall(
        tag, "Go on or off duty", for: .only([.provider]),
        body: .json(
            .object(
                ["is_available": .boolean, "availability": .string(oneOf: ["available", "offline", "break"])],
                optional: ["is_available", "availability"]), example: ["is_available": true]),
        message: "Availability updated.", data: me, refusals: [409])

    static let location = Operation.fixOnCall(
        tag, "Send a live position", for: .only([.provider]),
        description: """
            Or `positions`, at most \(Tracking.positionsAtOnce), of a while without a network. One older than the last is \
            ignored; one that nobody gets to in the time moves the mechanic only when the next agrees with it; one that is \
            `is_mock`, or off by more than \(Int(PositionRules.worstAccuracy)) metres, never does.
            """,
        body: .json(
            .object(
                [
                    "latitude": .latitude, "longitude": .longitude, "heading": heading,
                    "speed": speed, "accuracy": accuracy,
                    "fix_at": .optionalTime, "is_mock": isMock,
                    "positions": .array(of: position, count: 1...Tracking.positionsAtOnce),
                ],
                optional: ["latitude", "longitude", "heading", "speed", "accuracy", "fix_at", "is_mock", "positions"]),
            example: ["latitude": -1.2921, "longitude": 36.8219]),
        message: "Location updated.", data: me)

    private static let heading = Schema(["type": "number", "minimum": 0, "exclusiveMaximum": 360]).described(
        "degrees from north")
    private static let speed = Schema.number(in: 0...90).described("metres per second")
    private static let accuracy = Schema.number(in: 0...100_000).described("metres")
    private static let isMock = Schema.boolean.described("the device says that a program made it up")
    private static let position = Schema.object(
        [
            "latitude": .latitude, "longitude": .longitude, "heading": heading, "speed": speed, "accuracy": accuracy,
            "fix_at": .optionalTime, "is_mock": isMock,
        ], optional: ["heading", "speed", "accuracy", "fix_at", "is_mock"])
}
