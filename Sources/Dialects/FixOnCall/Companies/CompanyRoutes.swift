import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// Fleets. A mechanic belongs to one company at most, so his own has no name in the paths but `mine`.
struct CompanyRoutes: Sendable {
    let accounts: Accounts
    let fleets: Fleets

    init(_ roadside: Roadside) {
        accounts = roadside.accounts
        fleets = roadside.fleets
    }

    var blueprint: Blueprint<WebContext> {
        var companies = Blueprint<WebContext>("companies", prefix: "/companies")
        companies.post("", name: "create", Self.create, handler: create)
        companies.get("/mine", name: "mine", Self.mine, handler: mine)
        companies.put("/mine", name: "rename", Self.rename, handler: rename)
        companies.delete("/mine", name: "dissolve", Self.dissolve, handler: dissolve)
        companies.post("/mine/leave", name: "leave", Self.leave, handler: leave)
        companies.get("/invitations", name: "invitations", Self.invitations, handler: invitations)
        companies.post("/<id>/join", name: "join", Self.join, handler: join)
        companies.post("/<id>/decline", name: "decline", Self.decline, handler: decline)
        companies.post("/mine/members", name: "invite", Self.invite, handler: invite)
        companies.put("/mine/members/<id>", name: "role", Self.role, handler: role)
        companies.delete("/mine/members/<id>", name: "remove", Self.remove, handler: remove)
        companies.post("/mine/vehicles", name: "add_vehicle", Self.addVehicle, handler: addVehicle)
        companies.get("/mine/vehicles/<id>", name: "vehicle", Self.vehicle, handler: vehicle)
        companies.put("/mine/vehicles/<id>", name: "change_vehicle", Self.changeVehicle, handler: changeVehicle)
        companies.delete("/mine/vehicles/<id>", name: "remove_vehicle", Self.removeVehicle, handler: removeVehicle)
        return companies
    }

    @Sendable private func create(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try CompanyBody(try await RequestJSON.fields(request))
        let fleet = try await fleets.create(name: body.name, by: context.requireCaller())
        return Envelope.created("Company created.", data(fleet), at: "/api/companies/mine")
    }

    @Sendable private func mine(_ request: Request, _ context: WebContext) async throws -> Response {
        Envelope.success("Company retrieved.", data(try await fleets.mine(context.requireCaller())))
    }

    @Sendable private func rename(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try CompanyBody(try await RequestJSON.fields(request))
        let fleet = try await fleets.rename(body.name, by: context.requireCaller())
        return Envelope.success("Company updated.", data(fleet))
    }

    @Sendable private func dissolve(_ request: Request, _ context: WebContext) async throws -> Response {
        try await fleets.dissolve(by: context.requireCaller())
        return Envelope.success("Company dissolved.")
    }

    private func data(_ fleet: Fleet) -> JSON {
        ["company": CompanyView.json(fleet) { accounts.workload(of: $0).presence }]
    }
}

// Members.
extension CompanyRoutes {
    @Sendable private func leave(_ request: Request, _ context: WebContext) async throws -> Response {
        try await fleets.leave(by: context.requireCaller())
        return Envelope.success("Company left.")
    }

    @Sendable private func invitations(_ request: Request, _ context: WebContext) async throws -> Response {
        let companies = try await fleets.invitations(of: context.requireCaller())
        return Envelope.success(
            "Invitations retrieved.", ["invitations": .array(companies.map(InvitationView.json))])
    }

    @Sendable private func join(_ request: Request, _ context: WebContext) async throws -> Response {
        let fleet = try await fleets.join(context.reference(to: "Company"), by: context.requireCaller())
        return Envelope.success("Company joined.", data(fleet))
    }

    @Sendable private func decline(_ request: Request, _ context: WebContext) async throws -> Response {
        try await fleets.decline(context.reference(to: "Company"), by: context.requireCaller())
        return Envelope.success("Invitation declined.")
    }

    @Sendable private func invite(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try InvitationBody(try await RequestJSON.fields(request))
        let fleet = try await fleets.invite(body.mechanic, as: body.role, by: context.requireCaller())
        return Envelope.success("Mechanic invited.", data(fleet))
    }

    @Sendable private func role(_ request: Request, _ context: WebContext) async throws -> Response {
        let member = try context.reference(to: "Member")
        let body = try MemberBody(try await RequestJSON.fields(request))
        let fleet = try await fleets.setRole(body.role, of: member, by: context.requireCaller())
        return Envelope.success("Member updated.", data(fleet))
    }

    @Sendable private func remove(_ request: Request, _ context: WebContext) async throws -> Response {
        let fleet = try await fleets.remove(context.reference(to: "Member"), by: context.requireCaller())
        return Envelope.success("Member removed.", data(fleet))
    }
}

// Trucks.
extension CompanyRoutes {
    @Sendable private func addVehicle(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try FleetVehicleBody(try await RequestJSON.fields(request))
        let truck = try await fleets.add(body.draft, by: context.requireCaller())
        return Envelope.created(
            "Vehicle added.", ["vehicle": FleetVehicleView.json(truck, crew: nil)],
            at: "/api/companies/mine/vehicles/\(truck.id.hex)")
    }

    @Sendable private func vehicle(_ request: Request, _ context: WebContext) async throws -> Response {
        let vehicle = try context.reference(to: "Vehicle")
        return try await answer(vehicle, "Vehicle retrieved.", for: context.requireCaller())
    }

    @Sendable private func changeVehicle(_ request: Request, _ context: WebContext) async throws -> Response {
        let vehicle = try context.reference(to: "Vehicle")
        let body = try FleetVehicleBody(try await RequestJSON.fields(request))
        _ = try await fleets.change(vehicle, to: body.draft, by: context.requireCaller())
        return try await answer(vehicle, "Vehicle updated.", for: context.requireCaller())
    }

    @Sendable private func removeVehicle(_ request: Request, _ context: WebContext) async throws -> Response {
        try await fleets.retire(context.reference(to: "Vehicle"), by: context.requireCaller())
        return Envelope.success("Vehicle removed.")
    }

    private func answer(_ vehicle: Reference, _ message: String, for caller: Caller) async throws -> Response {
        let (truck, crew) = try await fleets.truck(vehicle, for: caller)
        return Envelope.success(message, ["vehicle": FleetVehicleView.json(truck, crew: crew)])
    }
}
