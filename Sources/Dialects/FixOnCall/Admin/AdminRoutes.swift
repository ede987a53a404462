import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// D14–D17 and the vetting of mechanics: what the people do who run the platform.
struct AdminRoutes: Sendable {
    static let servicesPerPage = 20

    let administration: Administration
    let jobs: Jobs
    let dispatch: DispatchRoutes

    init(_ roadside: Roadside) {
        administration = roadside.administration
        jobs = roadside.jobs
        dispatch = DispatchRoutes(desk: roadside.dispatchDesk)
    }

    var blueprint: Blueprint<WebContext> {
        var admin = Blueprint<WebContext>("admin", prefix: "/admin")
        admin.get("/dashboard", name: "dashboard", Self.dashboard, handler: dashboard)
        admin.get("/users", name: "users", Self.users, handler: users)
        admin.post("/users/<id>/toggle-active", name: "toggle_active", Self.toggleActive, handler: toggleActive)
        admin.get("/services", name: "services", Self.services, handler: services)
        admin.post("/providers/<id>/approve", name: "approve", Self.approve, handler: approve)
        admin.post("/providers/<id>/reject", name: "reject", Self.reject, handler: reject)
        dispatch.record(in: &admin)
        return admin
    }

    @Sendable private func dashboard(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try DashboardQuery(QueryFields(request))
        let dashboard = try await administration.dashboard(over: query.days, for: context.requireCaller())
        return Envelope.success("Dashboard retrieved.", DashboardView(dashboard).json)
    }

    @Sendable private func users(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try UsersQuery(QueryFields(request))
        let page = try await administration.users(query.filter, query.page, for: context.requireCaller())
        return Envelope.page("Users retrieved.", "users", page) { ManagedUserView($0).json }
    }

    @Sendable private func toggleActive(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "User")
        let body = try ToggleBody(try await RequestJSON.fields(request))
        let managed = try await administration.setActive(reference, to: body.isActive, by: context.requireCaller())
        let isActive = managed.account.isActive
        return Envelope.success(
            "User switched \(isActive ? "on" : "off").",
            ["user": ManagedUserView(managed).json, "is_active": .bool(isActive)])
    }

    @Sendable private func services(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try HistoryQuery(QueryFields(request), perPage: Self.servicesPerPage)
        let page = try await jobs.history(context.requireCaller(), query.page, filter: query.filter)
        return Envelope.page("Services retrieved.", "services", page) { ServiceView($0).json }
    }

    @Sendable private func approve(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Mechanic")
        let managed = try await administration.vet(reference, .approved, by: context.requireCaller())
        return Envelope.success("Mechanic approved.", ["user": ManagedUserView(managed).json])
    }

    @Sendable private func reject(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Mechanic")
        let body = try RejectionBody(try await RequestJSON.fields(request))
        let managed = try await administration.vet(
            reference, .rejected(reason: body.reason), by: context.requireCaller())
        return Envelope.success("Mechanic rejected.", ["user": ManagedUserView(managed).json])
    }
}
