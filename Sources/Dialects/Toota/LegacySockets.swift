import BSON
import Blueprint
import Hummingbird
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb
import Synchronization

/// The older pair, with the driver in the path: one request to one driver, and his yes or no (A7–A10, K13).
struct LegacySockets: Sendable {
    let desk: TripDesk
    let dialogues: Dialogues

    func record(in sockets: inout Blueprint<WebContext>) {
        sockets.socket(
            Toota.Path.legacyRequest, name: "legacy_request", .toota("Ask one driver for a trip", [.customer]),
            handler: request)
        sockets.socket(
            Toota.Path.legacyResponse, name: "legacy_response",
            .toota("Requests to one driver, and what he says to them", [.provider]), handler: response)
    }

    @Sendable private func request(_ request: Request, _ context: WebContext) async throws -> any Sendable {
        let (caller, desk) = (try context.only(.customer), desk)
        guard let driver = context.routing.parameters["driver_id"].flatMap(Reference.init) else {
            throw RoadsideError.notFound("Driver")
        }
        let last = LastTrip()
        var dialogue = Dialogue(
            caller: caller, routes: [.customerJobs], replay: .unconfirmed(.customerJobs), refused: TripRefusal.encoded)
        dialogue.applicationPing = dialogues.applicationPing
        dialogue.received = { json async throws(RoadsideError) in
            switch try LegacyCall(json) {
            case .request(let body):
                let trip = try await desk.askAtOnce(body, driver, by: caller)
                last.id.withLock { $0 = trip }
                return []
            case .withdraw:
                try await desk.withdraw(last.id.withLock(\.self), by: caller)
                return []
            }
        }
        dialogue.row = { row async throws(RoadsideError) in
            guard let id = row.body.jobID, let news = UserNews(row) else { return [] }
            let job = try await desk.jobs.job(.id(id), for: caller)
            guard job.isLegacy else { return [] }
            switch news {
            case .accepted: return job.status.isLive ? [EncodedFrame(LegacyFrames.accepted(job.number))] : []
            case .chooseAgain:
                // Here nobody chooses again: the next request is a new one. The no itself names no trip (A9), so that it is
                // said once: on another connection it would be taken for the answer to another request.
                guard job.status == .matching else { return [] }
                _ = try await desk.jobs.cancel(.id(id), by: caller)
                return [EncodedFrame(LegacyFrames.rejected)]
            // By the user himself, or after the no that has been told.
            case .ended: return []
            }
        }
        return dialogues.accept(dialogue)
    }

    @Sendable private func response(_ request: Request, _ context: WebContext) async throws -> any Sendable {
        let (caller, desk) = (try context.only(.provider), desk)
        let account = try await desk.roadside.accounts.account(caller.userID)
        // The path names whose it is, and may name nobody else (K15).
        guard let named = context.routing.parameters["driver_id"].flatMap(Reference.init),
            named == .id(account.id) || named == .number(account.number)
        else { throw RoadsideError(.forbidden, "This is the socket of somebody else.") }
        var dialogue = Dialogue(
            caller: caller, routes: [.providerOffers], replay: .unconfirmed(.providerOffers),
            refused: TripRefusal.encoded)
        dialogue.applicationPing = dialogues.applicationPing
        dialogue.row = { row async throws(RoadsideError) in
            guard let id = row.body.jobID, let number = row.body.jobNumber else { return [] }
            switch row.kind {
            case .offerNew:
                return [EncodedFrame(LegacyFrames.request(try await desk.jobs.job(.id(id), for: caller)))]
            case .offerWithdrawn: return [EncodedFrame(LegacyFrames.withdrawn(row.body.customer?.number, number))]
            default: return []
            }
        }
        dialogue.received = { json async throws(RoadsideError) in
            let body = try AnswerBody(json)
            let trip = try await desk.offered(to: caller, by: body)
            let job = try await desk.answer(trip, body, by: caller)
            return [EncodedFrame(body.isAccepted ? LegacyFrames.accepted(job.number) : LegacyFrames.rejected)]
        }
        return dialogues.accept(dialogue)
    }
}

/// What was asked for on one socket last.
private final class LastTrip: Sendable {
    let id = Mutex<ObjectID?>(nil)
}
