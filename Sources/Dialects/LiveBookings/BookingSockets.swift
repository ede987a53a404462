import BSON
import Blueprint
import FoundationEssentials
import Hummingbird
import Logging
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb

/// The three sockets: who may open which, and what each listens to.
struct BookingSockets: Sendable {
    let roadside: Roadside
    let hub: InboxHub
    let options: LiveBookings.Options
    let logger: Logger

    func record(in blueprint: inout Blueprint<WebContext>) {
        blueprint.before { request, context in
            // Nobody is asked who he is for a request that cannot become a socket; the router refuses it as malformed.
            guard context.routing.socketSlot != nil else { return nil }
            context.caller = try await options.admission.caller(of: request, roadside.accounts)
            return nil
        }
        blueprint.socket(
            LiveBookings.Path.customer, name: "customer_bookings",
            Self.operation("Status and code of one's own bookings", [.customer])
        ) { request, context in
            try accept(
                request, context, only: .customer, route: .customerJobs, renderer: BookingFrames.customerBookings)
        }
        blueprint.socket(
            LiveBookings.Path.provider, name: "provider_bookings",
            Self.operation("Status of accepted bookings", [.provider])
        ) { request, context in
            try accept(
                request, context, only: .provider, route: .providerJobs, renderer: BookingFrames.providerBookings)
        }
        blueprint.socket(
            LiveBookings.Path.available, name: "available_bookings", Self.operation("New bookings near by", [.provider])
        ) { request, context in
            try accept(
                request, context, only: .provider, route: .providerOffers, renderer: BookingFrames.availableBookings
            ) {
                await offerOpenJobs(to: $0)
            }
        }
    }

    private func accept(
        _ request: Request, _ context: WebContext, only role: Role, route: InboxRoute, renderer: InboxRenderer,
        opened: (@Sendable (ObjectID) async -> Void)? = nil
    ) throws(RoadsideError) -> SocketAcceptance {
        guard let caller = context.caller else { throw RoadsideError(.invalidToken, "A token is required.") }
        guard caller.role == role else {
            throw RoadsideError(.forbidden, "This socket is for \(role == .provider ? "drivers" : "users").")
        }
        var query = QueryFields(request)
        let since = query.optionalInt("since", in: 0...Int.max)
        try query.finish()
        let recipient = caller.userID
        var subscription = InboxSession.Subscription(
            recipient: recipient, sessionID: caller.sessionID, route: route, renderer: renderer,
            since: since.map(Int64.init))
        if let opened { subscription.opened = { await opened(recipient) } }
        let end = caller.expiresAt.addingTimeInterval(options.expiryGrace / .seconds(1))
        let (inbox, hub, logger, terms) = (roadside.inbox, hub, logger, subscription)
        return SocketAcceptance(expiresAt: end) { _ in
            InboxSession(terms, inbox: inbox, hub: hub, logger: logger)
        }
    }

    /// A failure costs the newcomer nothing but the alerts of older jobs: new ones reach him all the same.
    private func offerOpenJobs(to provider: ObjectID) async {
        do {
            try await roadside.dispatch.offerOpenJobs(to: provider)
        } catch {
            logger.warning(
                "Open jobs could not be offered to a provider who connected", metadata: ["error": "\(error)"])
        }
    }

    private static func operation(_ summary: String, _ roles: [Role]) -> Operation {
        let refusals: [Int: Operation.Reply] = [
            400: refusal("No proper handshake", BookingRefusals.malformed),
            401: refusal("No valid token", BookingRefusals.invalidToken),
            403: refusal("Not for this caller", "This socket is for \(roles == [.provider] ? "drivers" : "users")."),
            426: refusal("Sockets open on the first request of a connection", BookingRefusals.malformed),
        ]
        return Operation(
            summary, tags: [LiveBookings.tag],
            parameters: [
                .query(
                    "since", .integer(in: 0...Int64.max),
                    "The replay begins above this seq, with what was received, too; without it, with what was not."),
                SocketAdmission.ticketParameter,
            ], responses: refusals, roles: roles.map(\.rawValue))
    }

    private static func refusal(_ meaning: String, _ message: String) -> Operation.Reply {
        Operation.Reply(
            meaning, .reference(LiveBookings.refusalSchema), example: BookingRefusals.json(message))
    }
}
