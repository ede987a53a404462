import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideWeb

/// What a mechanic says of his work: duty, hours, papers, tools, truck.
struct WorkRoutes: Sendable {
    let accounts: Accounts
    let providers: Providers
    let fleets: Fleets

    init(_ roadside: Roadside) {
        accounts = roadside.accounts
        providers = roadside.providers
        fleets = roadside.fleets
    }

    var blueprint: Blueprint<WebContext> {
        var work = Blueprint<WebContext>("work", prefix: "/mechanics/me")
        work.post("/duty", name: "duty", Self.duty, handler: duty)
        work.get("/shifts", name: "shifts", Self.shifts, handler: shifts)
        work.put("/shifts", name: "set_shifts", Self.setShifts, handler: setShifts)
        work.put("/licence", name: "licence", Self.licence, handler: licence)
        work.put("/equipment", name: "equipment", Self.equipment, handler: equipment)
        work.post("/vehicle", name: "vehicle", Self.vehicle, handler: vehicle)
        return work
    }

    @Sendable private func duty(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try DutyBody(try await RequestJSON.fields(request))
        try await providers.setDuty(body.isOnDuty, quiet: body.quiet, by: caller)
        return try await accounts.answer(caller, "Duty updated.")
    }

    @Sendable private func shifts(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let plan = try await accounts.account(caller.userID).provider?.work.shifts
        return Envelope.success("Shifts retrieved.", ["shifts": plan.map(ShiftView.list) ?? []])
    }

    @Sendable private func setShifts(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try ShiftsBody(try await RequestJSON.fields(request))
        try await providers.setShifts(body.shifts, by: caller)
        return try await accounts.answer(caller, "Shifts updated.")
    }

    @Sendable private func licence(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try LicenceBody(try await RequestJSON.fields(request))
        try await providers.setLicence(
            classes: body.classes, number: body.number, expiresOn: body.expiresOn, by: caller)
        return try await accounts.answer(caller, "Licence updated.")
    }

    @Sendable private func equipment(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try EquipmentBody(try await RequestJSON.fields(request))
        try await providers.setEquipment(body.equipment, by: caller)
        return try await accounts.answer(caller, "Equipment updated.")
    }

    @Sendable private func vehicle(_ request: Request, _ context: WebContext) async throws -> Response {
        let caller = try context.requireCaller()
        let body = try BoardingBody(try await RequestJSON.fields(request))
        try await fleets.board(body.vehicle, by: caller)
        return try await accounts.answer(caller, "Vehicle updated.")
    }
}
