import BSON
import Blueprint
import Hummingbird
import Logging
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb

/// The socket of rides: who may open it, and as whom.
struct RideSockets: Sendable {
    let roadside: Roadside
    let dialogues: Dialogues
    let options: CareConnect.Options
    let logger: Logger

    func record(in blueprint: inout Blueprint<WebContext>) {
        blueprint.before { request, context in
            // Nobody is asked who he is for a request that cannot become a socket; the router refuses it as malformed.
            guard context.routing.socketSlot != nil else { return nil }
            context.caller = try await options.admission.known(request, roadside.accounts)
            return nil
        }
        blueprint.socket(CareConnect.Path.socket, name: "ride", Self.operation) { request, context in
            try await accept(context)
        }
    }

    private func accept(_ context: WebContext) async throws -> SocketAcceptance {
        let text = try context.routing.parameters.require(CareConnect.Path.rideID)
        guard let ride = RideID(text) else {
            throw RoadsideError(.malformedRequest, "A ride's id has from 1 to 100 characters.")
        }
        if let caller = context.caller {
            guard caller.role == .customer else {
                throw RoadsideError(.forbidden, RideRefusals.foreignRole)
            }
            return dialogues.accept(dialogue(ride, of: caller))
        }
        guard options.guests else { throw RoadsideError(.invalidToken, RideRefusals.invalidToken) }
        let (pass, accounts) = (GuestPass(ride.text, from: context.remoteAddress), roadside.accounts)
        var dialogue = dialogue(ride, of: try await accounts.admit(guest: pass))
        dialogue.look = Dialogue.Look(every: GuestPass.renewal) { () async throws(RoadsideError) in
            try await accounts.renew(pass)
            return []
        }
        return dialogues.accept(dialogue)
    }

    private func dialogue(_ id: RideID, of caller: Caller) -> Dialogue {
        let ride = Ride(id, of: caller, roadside, options, logger: logger)
        var dialogue = Dialogue(caller: caller, routes: [.customerJobs]) { EncodedFrame(RideFrames.error($0)) }
        dialogue.opened = ride.greet
        dialogue.row = ride.hear
        dialogue.received = ride.answer
        return dialogue
    }

    private static let operation = Operation(
        "One ride of a passenger", tags: [CareConnect.tag],
        parameters: [SocketAdmission.ticketParameter],
        responses: [
            400: refusal("No proper handshake", RideRefusals.malformed),
            401: refusal("No valid token, or none where guests are not let in", RideRefusals.invalidToken),
            403: refusal("Not for this caller", RideRefusals.foreignRole),
            429: refusal("Too many guests from this address", RideRefusals.tooManyGuests),
            426: refusal("Sockets open on the first request of a connection", RideRefusals.malformed),
        ], roles: [Role.customer.rawValue])

    private static func refusal(_ meaning: String, _ message: String) -> Operation.Reply {
        Operation.Reply(
            meaning, .reference(CareConnect.refusalSchema), example: RideFrames.error(message))
    }
}
