import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// What dispatchers do, under `/api/admin`: the board of waiting services, assignments by hand, and the reasons of the
/// search.
struct DispatchRoutes: Sendable {
    let desk: DispatchDesk

    func record(in admin: inout Blueprint<WebContext>) {
        admin.get("/dispatch/board", name: "dispatch_board", Self.board, handler: board)
        admin.post("/dispatch/assignments", name: "dispatch_assignments", Self.assignments, handler: assignments)
        admin.get("/services/<id>/dispatch-trace", name: "dispatch_trace", Self.trace, handler: trace)
        admin.put("/services/<id>/dispatch-mode", name: "dispatch_mode", Self.mode, handler: mode)
    }

    @Sendable private func board(_ request: Request, _ context: WebContext) async throws -> Response {
        var query = QueryFields(request)
        let limit = query.optionalInt("limit", in: 1...100) ?? PageRequest.defaultSize
        try query.finish()
        let waiting = try await desk.board(limit: limit, for: context.requireCaller())
        return Envelope.success(
            "Waiting services retrieved.",
            ["waiting": .array(waiting.map(WaitingView.json)), "count": .int(Int64(waiting.count))])
    }

    @Sendable private func assignments(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try AssignmentsBody(try await RequestJSON.fields(request))
        let outcomes = try await desk.commit(body.items, by: context.requireCaller())
        return Envelope.success(
            "Assignments carried out.", ["results": .array(zip(body.items, outcomes).map(CommittedView.json))])
    }

    @Sendable private func trace(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        var query = QueryFields(request)
        let cursor = query.optionalText("cursor", max: 40)
        let limit = query.optionalInt("limit", in: 1...100) ?? PageRequest.defaultSize
        try query.finish()
        let found = try await desk.trace(of: reference, after: cursor, limit: limit, for: context.requireCaller())
        return Envelope.success(
            "Dispatch trace retrieved.",
            [
                "service_id": .string(found.job.id.hex), "traces": .array(found.traces.map(DispatchTraceView.json)),
                "next_cursor": JSON(found.nextCursor),
            ])
    }

    @Sendable private func mode(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try DispatchModeBody(try await RequestJSON.fields(request))
        let job = try await desk.setMode(body.mode, of: reference, by: context.requireCaller())
        return Envelope.success("Dispatch mode chosen.", ["service": ServiceView(job).json])
    }
}

// What the documents say.
extension DispatchRoutes {
    private static let tag = "Dispatch"
    private static let staff = Access.only([.admin, .dispatcher])

    static let board = Operation.fixOnCall(
        tag, "Services that are searched for, with suggestions", for: staff,
        description: """
            The oldest first. Suggestions are ranked by cost in seconds; those with `proposed` together give as many \
            services away as can be, at the least sum of costs.
            """,
        query: [.query("limit", .integer(in: 1...100), "25 by default")],
        message: "Waiting services retrieved.", data: ["waiting": [WaitingView.example], "count": 1])

    static let assignments = Operation.fixOnCall(
        tag, "Give several services away", for: staff,
        description: "Each item has an outcome of its own; what cannot be done hinders no other.",
        body: .json(
            .object([
                "assignments": .array(
                    of: .object(["service_id": .reference, "mechanic_id": .reference]), count: 1...100)
            ]),
            example: [
                "assignments": [
                    ["service_id": "65a50b2c9f1d4e0012345680", "mechanic_id": "65a50b2c9f1d4e0012345679"]
                ]
            ]),
        message: "Assignments carried out.", data: ["results": [CommittedView.example]])

    static let trace = Operation.fixOnCall(
        tag, "Why a search asked whom", for: staff,
        description: """
            Each turn of the search, oldest first: who could come and what each costs, who was nearer and not asked and why, \
            and who was chosen. Kept for a month.
            """,
        query: [
            .query("cursor", .queryText(max: 40), "`next_cursor` of the slice before"),
            .query("limit", .integer(in: 1...100), "25 by default"),
        ],
        message: "Dispatch trace retrieved.",
        data: [
            "service_id": "65a50b2c9f1d4e0012345680", "traces": [DispatchTraceView.example], "next_cursor": nil,
        ], refusals: [404])

    static let mode = Operation.fixOnCall(
        tag, "Choose how a service is searched for", for: staff,
        description: """
            `broadcast` asks many at a time, `cascade` one after the other, `auto` gives it to the best, `manual` leaves it \
            to dispatchers. What has been offered stays offered.
            """,
        body: .json(.object(["mode": .string(oneOf: FixOnCallWords.dispatchModes)]), example: ["mode": "manual"]),
        message: "Dispatch mode chosen.", data: ["service": ServiceView.example], refusals: [404, 409])
}
