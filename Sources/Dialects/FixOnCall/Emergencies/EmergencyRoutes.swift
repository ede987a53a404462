import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// F8: calls for help in danger.
struct EmergencyRoutes: Sendable {
    let emergencies: Emergencies

    var blueprint: Blueprint<WebContext> {
        var routes = Blueprint<WebContext>("emergency", prefix: "/emergency")
        routes.post("", name: "raise", Self.raise, handler: raise)
        routes.get("/<id>", name: "emergency", Self.emergency, handler: emergency)
        return routes
    }

    @Sendable private func raise(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try EmergencyBody(try await RequestJSON.fields(request))
        let (alert, joined) = try await emergencies.raise(body.call, by: context.requireCaller())
        return Envelope.created(
            "Help has been called.", ["emergency": EmergencyView.json(alert), "joined": .bool(joined)],
            at: try context.routing.url(for: ".emergency", ["id": alert.id]))
    }

    @Sendable private func emergency(_ request: Request, _ context: WebContext) async throws -> Response {
        let alert = try await emergencies.alert(context.reference(to: "Emergency"), of: context.requireCaller())
        return Envelope.success("Emergency retrieved.", ["emergency": EmergencyView.json(alert)])
    }
}

/// F8: what staff do about them.
struct EmergencyDeskRoutes: Sendable {
    let emergencies: Emergencies

    var blueprint: Blueprint<WebContext> {
        var routes = Blueprint<WebContext>("admin_emergencies", prefix: "/admin/emergencies")
        routes.get("", name: "list", Self.list, handler: list)
        routes.post("/<id>/acknowledge", name: "acknowledge", Self.acknowledge, handler: acknowledge)
        routes.post("/<id>/resolve", name: "resolve", Self.resolve, handler: resolve)
        return routes
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try EmergenciesQuery(QueryFields(request))
        let page = try await emergencies.alerts(query.state, query.page, for: context.requireCaller())
        return Envelope.page("Emergencies retrieved.", "emergencies", page, ManagedEmergencyView.json)
    }

    @Sendable private func acknowledge(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Emergency")
        let body = try NoteBody(try await RequestJSON.fields(request))
        let alert = try await emergencies.acknowledge(reference, note: body.note, by: context.requireCaller())
        return Envelope.success("Emergency acknowledged.", ["emergency": ManagedEmergencyView.json(alert)])
    }

    @Sendable private func resolve(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Emergency")
        let body = try NoteBody(try await RequestJSON.fields(request))
        let alert = try await emergencies.resolve(reference, note: body.note ?? "", by: context.requireCaller())
        return Envelope.success("Emergency resolved.", ["emergency": ManagedEmergencyView.json(alert)])
    }
}

/// Whom one trusts.
struct TrustedContactRoutes: Sendable {
    let emergencies: Emergencies

    var blueprint: Blueprint<WebContext> {
        var routes = Blueprint<WebContext>("trusted_contacts", prefix: "/auth/trusted-contacts")
        routes.get("", name: "list", Self.list, handler: list)
        routes.post("", name: "add", Self.add, handler: add)
        routes.delete("/<id>", name: "remove", Self.remove, handler: remove)
        return routes
    }

    @Sendable private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let contacts = try await emergencies.contacts(of: context.requireCaller())
        return Envelope.success(
            "Contacts retrieved.",
            ["contacts": .array(contacts.map(TrustedContactView.json)), "count": .int(Int64(contacts.count))])
    }

    @Sendable private func add(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try TrustedContactBody(try await RequestJSON.fields(request))
        let contact = try await emergencies.addContact(
            name: body.name, phone: body.phone, email: body.email, by: context.requireCaller())
        return Envelope.created(
            "Contact added.", ["contact": TrustedContactView.json(contact)],
            at: try context.routing.url(for: ".list"))
    }

    @Sendable private func remove(_ request: Request, _ context: WebContext) async throws -> Response {
        try await emergencies.removeContact(context.reference(to: "Contact"), by: context.requireCaller())
        return Envelope.success("Contact removed.")
    }
}
