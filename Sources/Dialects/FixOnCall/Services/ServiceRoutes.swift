import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// D5–D9 and F5: a service from the call for help to its end.
struct ServiceRoutes: Sendable {
    let jobs: Jobs
    let catalog: Catalog
    let search: MechanicSearch
    let desk: ServiceDesk
    let reviews: ReviewRoutes
    let chat: ChatRoutes
    let shares: ShareRoutes

    init(_ roadside: Roadside) {
        jobs = roadside.jobs
        catalog = roadside.catalog
        search = MechanicSearch(tracking: roadside.tracking)
        desk = ServiceDesk(roadside)
        reviews = ReviewRoutes(reviews: roadside.reviews)
        chat = ChatRoutes(chat: roadside.chat)
        shares = ShareRoutes(sharing: roadside.sharing)
    }

    var blueprint: Blueprint<WebContext> {
        var services = Blueprint<WebContext>("services", prefix: "/services")
        services.post("/request", name: "request", Self.request, handler: request)
        services.post("/quote", name: "quote", Self.quote, handler: quote)
        services.get(
            "/available-mechanics", name: "available_mechanics", Self.availableMechanics, handler: search.answer)
        services.get("/history", name: "history", Self.history, handler: history)
        services.get("/types", name: "types", Self.types, handler: types)
        services.get("/available", name: "available", Self.available, handler: available)
        services.get("/<id>", name: "service", Self.service, handler: service)
        services.get("/<id>/timeline", name: "timeline", Self.timeline, handler: timeline)
        services.post("/<id>/assign", name: "assign", Self.assign, handler: assign)
        services.put("/<id>/status", name: "status", Self.status, handler: status)
        services.post("/<id>/accept", name: "accept", Self.accept, handler: accept)
        services.post("/<id>/decline", name: "decline", Self.decline, handler: decline)
        services.post("/<id>/start", name: "start", Self.start, handler: start)
        services.post("/<id>/complete", name: "complete", Self.complete, handler: complete)
        services.post("/<id>/cancel", name: "cancel", Self.cancel, handler: cancel)
        services.post("/<id>/extra-charges", name: "propose_charge", Self.proposeCharge, handler: proposeCharge)
        services.post(
            "/<id>/extra-charges/<charge_id>/approve", name: "approve_charge", Self.approveCharge,
            handler: approveCharge)
        services.post(
            "/<id>/extra-charges/<charge_id>/reject", name: "reject_charge", Self.rejectCharge, handler: rejectCharge)
        services.post("/<id>/fail", name: "fail", Self.fail, handler: fail)
        reviews.recordOfService(in: &services)
        chat.record(in: &services)
        shares.record(in: &services)
        return services
    }

    @Sendable private func request(_ request: Request, _ context: WebContext) async throws -> Response {
        try await desk.open(request, .any, context)
    }

    @Sendable private func quote(_ request: Request, _ context: WebContext) async throws -> Response {
        try await desk.quote(request, .any, context)
    }

    @Sendable private func history(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try HistoryQuery(QueryFields(request))
        let page = try await jobs.history(context.requireCaller(), query.page, filter: query.filter)
        return Envelope.page("Service history retrieved.", "services", page) { ServiceView($0).json }
    }

    @Sendable private func types(_ request: Request, _ context: WebContext) async throws -> Response {
        let types = catalog.serviceTypes().map(ServiceTypeView.json)
        return Envelope.success(
            "Service types retrieved.", ["service_types": .array(types), "count": .int(Int64(types.count))])
    }

    @Sendable private func available(_ request: Request, _ context: WebContext) async throws -> Response {
        let open = try await jobs.available(to: context.requireCaller()).map { ServiceView($0).json }
        return Envelope.success(
            "Available services retrieved.", ["services": .array(open), "count": .int(Int64(open.count))])
    }

    @Sendable private func service(_ request: Request, _ context: WebContext) async throws -> Response {
        let job = try await jobs.job(context.reference(to: "Service"), for: context.requireCaller())
        // Asked first: what is no list of tags is refused whatever the state of the service.
        if try request.alreadyHas(version: job.version), job.isVersioned {
            return Response(status: .notModified, headers: .version(of: job))
        }
        return answer("Service retrieved.", job)
    }

    @Sendable private func timeline(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let query = try ScrollQuery(QueryFields(request))
        let caller = try context.requireCaller()
        let page = try await jobs.timeline(reference, query.page, for: caller)
        return Envelope.page("Timeline retrieved.", "timeline", page) { TimelineEntryView($0, for: caller.role).json }
    }

    @Sendable private func assign(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try AssignBody(try await RequestJSON.fields(request))
        return answer(
            "Mechanic assigned.",
            try await jobs.assign(
                reference, provider: body.mechanic, ifVersion: request.expectation(), by: context.requireCaller()))
    }

    @Sendable private func status(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try StatusBody(try await RequestJSON.fields(request))
        return answer(
            "Service status updated.",
            try await jobs.advance(
                reference, to: body.status, otp: body.otp, reason: body.reason, ifVersion: request.expectation(),
                by: context.requireCaller()))
    }

    @Sendable private func accept(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        return answer(
            "Service accepted.",
            try await jobs.accept(reference, ifVersion: request.expectation(), by: context.requireCaller()))
    }

    @Sendable private func decline(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try ReasonBody(try await RequestJSON.fields(request))
        try await jobs.decline(
            reference, reason: body.reason, ifVersion: request.expectation(), by: context.requireCaller())
        return Envelope.success("Service declined.")
    }

    @Sendable private func start(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try StartBody(try await RequestJSON.fields(request))
        return answer(
            "Service started.",
            try await jobs.start(
                reference, otp: body.otp, ifVersion: request.expectation(), by: context.requireCaller()))
    }

    @Sendable private func complete(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        return answer(
            "Service completed.",
            try await jobs.complete(reference, ifVersion: request.expectation(), by: context.requireCaller()))
    }

    @Sendable private func cancel(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try CancelBody(try await RequestJSON.fields(request))
        return answer(
            "Service cancelled.",
            try await jobs.cancel(
                reference, reason: body.reason, waivingFee: body.waivesFee, ifVersion: request.expectation(),
                by: context.requireCaller()))
    }

    @Sendable private func proposeCharge(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try ExtraChargeBody(
            try await RequestJSON.fields(request), currency: catalog.current.pricing.currency)
        let job = try await jobs.proposeCharge(
            on: reference, body.draft, ifVersion: request.expectation(), by: context.requireCaller())
        return Envelope.created(
            "Charge proposed.",
            [
                "service": ServiceView(job).json,
                "extra_charge": job.extraCharges.last.map(ExtraChargeView.json) ?? .null,
            ], at: try context.routing.url(for: ".service", ["id": job.id]))
    }

    @Sendable private func approveCharge(_ request: Request, _ context: WebContext) async throws -> Response {
        answer("Charge approved.", try await decide(request, context, approve: true))
    }

    @Sendable private func rejectCharge(_ request: Request, _ context: WebContext) async throws -> Response {
        answer("Charge rejected.", try await decide(request, context, approve: false))
    }

    private func decide(_ request: Request, _ context: WebContext, approve: Bool) async throws -> Job {
        let reference = try context.reference(to: "Service")
        guard case .id(let charge)? = context.routing.parameters["charge_id"].flatMap(Reference.init) else {
            throw RoadsideError.notFound("Charge")
        }
        return try await jobs.decideCharge(
            charge, on: reference, approve: approve, ifVersion: request.expectation(), by: context.requireCaller())
    }

    @Sendable private func fail(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Service")
        let body = try FailBody(try await RequestJSON.fields(request))
        return answer(
            "Service ended.",
            try await jobs.fail(
                reference, as: body.outcome, reason: body.reason, contactAttempted: body.contactAttempted,
                ifVersion: request.expectation(), by: context.requireCaller()))
    }

    private func answer(_ message: String, _ job: Job) -> Response {
        Envelope.success(message, ["service": ServiceView(job).json], headers: .version(of: job))
    }
}
