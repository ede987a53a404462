import BSON
import Blueprint
import Hummingbird
import Roadside
import RoadsideRules
import RoadsideWeb

/// D10–D13 and F6: appointments. Whatever they do happens to the service they point at.
struct BookingRoutes: Sendable {
    let bookings: Bookings

    var blueprint: Blueprint<WebContext> {
        var routes = Blueprint<WebContext>("bookings", prefix: "/bookings")
        routes.post("/create", name: "create", Self.create, handler: create)
        routes.get("/my-bookings", name: "mine", Self.mine, handler: mine)
        routes.get("/<id>", name: "booking", Self.booking, handler: booking)
        routes.put("/<id>", name: "change", Self.change, handler: change)
        routes.post("/<id>/cancel", name: "cancel", Self.cancel, handler: cancel)
        routes.post("/<id>/accept", name: "accept", Self.accept, handler: accept)
        routes.post("/<id>/start", name: "start", Self.start, handler: start)
        routes.post("/<id>/complete", name: "complete", Self.complete, handler: complete)
        return routes
    }

    @Sendable private func create(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try BookingBody(try await RequestJSON.fields(request), bookings: bookings)
        let booking = try await bookings.create(body.request, by: context.requireCaller())
        return Envelope.created(
            "Booking created.", ["booking": BookingView(booking).json],
            at: try context.routing.url(for: ".booking", ["id": booking.id]),
            headers: .version(of: booking.job))
    }

    @Sendable private func mine(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = try BookingListQuery(QueryFields(request))
        let page = try await bookings.history(context.requireCaller(), query.page)
        return Envelope.page("Bookings retrieved.", "bookings", page) { BookingView($0).json }
    }

    @Sendable private func booking(_ request: Request, _ context: WebContext) async throws -> Response {
        answer(
            "Booking retrieved.",
            try await bookings.booking(context.reference(to: "Booking"), for: context.requireCaller()))
    }

    @Sendable private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Booking")
        let body = try BookingChangeBody(try await RequestJSON.fields(request))
        return answer(
            "Booking updated.",
            try await bookings.change(
                reference, body.details, ifVersion: request.expectation(), by: context.requireCaller()))
    }

    @Sendable private func cancel(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Booking")
        let body = try CancelBody(try await RequestJSON.fields(request))
        return answer(
            "Booking cancelled.",
            try await bookings.cancel(
                reference, reason: body.reason, waivingFee: body.waivesFee, ifVersion: request.expectation(),
                by: context.requireCaller()))
    }

    @Sendable private func accept(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Booking")
        return answer(
            "Booking accepted.",
            try await bookings.accept(reference, ifVersion: request.expectation(), by: context.requireCaller()))
    }

    @Sendable private func start(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Booking")
        let body = try StartBody(try await RequestJSON.fields(request))
        return answer(
            "Booking started.",
            try await bookings.start(
                reference, otp: body.otp, ifVersion: request.expectation(), by: context.requireCaller()))
    }

    @Sendable private func complete(_ request: Request, _ context: WebContext) async throws -> Response {
        let reference = try context.reference(to: "Booking")
        return answer(
            "Booking completed.",
            try await bookings.complete(reference, ifVersion: request.expectation(), by: context.requireCaller()))
    }

    private func answer(_ message: String, _ booking: Booking) -> Response {
        Envelope.success(message, ["booking": BookingView(booking).json], headers: .version(of: booking.job))
    }
}
