import BSON
import Blueprint
import Hummingbird
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb

/// Where users ask for trips and drivers answer (A14–A22).
struct TripSockets: Sendable {
    let desk: TripDesk
    let dialogues: Dialogues

    func record(in sockets: inout Blueprint<WebContext>) {
        sockets.socket(
            Toota.Path.request, name: "request", .toota("Ask for a trip and choose its driver", [.customer]),
            handler: request)
        sockets.socket(
            Toota.Path.response, name: "response", .toota("Trip requests, and what a driver says to them", [.provider]),
            handler: response)
    }

    @Sendable private func request(_ request: Request, _ context: WebContext) async throws -> any Sendable {
        let (caller, desk) = (try context.only(.customer), desk)
        var dialogue = Dialogue(
            caller: caller, routes: [.customerJobs], replay: .unconfirmed(.customerJobs), refused: TripRefusal.encoded)
        dialogue.applicationPing = dialogues.applicationPing
        dialogue.received = { json async throws(RoadsideError) in
            switch try UserCall(json) {
            case .create(let body):
                let job = try await desk.open(body, by: caller)
                return [EncodedFrame(TripFrames.created(job, try await desk.drivers(for: job, to: caller)))]
            case .confirm(let body):
                let (job, driver) = try await desk.ask(body, by: caller)
                return [EncodedFrame(TripFrames.awaiting(job, driver))]
            }
        }
        dialogue.row = { row async throws(RoadsideError) in
            try await userFrames(row, caller).map { EncodedFrame($0) }
        }
        return dialogues.accept(dialogue)
    }

    /// What a user learns of his trips without asking.
    private func userFrames(_ row: InboxRow, _ caller: Caller) async throws(RoadsideError) -> [JSON] {
        guard let id = row.body.jobID, let news = UserNews(row) else { return [] }
        let job = try await desk.jobs.job(.id(id), for: caller)
        guard !job.isLegacy else { return [] }
        switch news {
        case .accepted(let driver):
            // Of a trip that is over there is more to say than that.
            guard job.status.isLive, job.assignedTo == driver else { return [] }
            let sighting = try await desk.roadside.tracking.sighting(of: .id(driver), for: caller)
            return [TripFrames.accepted(job, sighting)]
        case .chooseAgain(let text, let driver):
            // Sent again after a reconnect, it may be about a choice that another one has followed: nothing is to be
            // chosen while a driver is being asked.
            guard job.status == .matching, try await !desk.jobs.isAsking(.id(id), for: caller) else { return [] }
            return [TripFrames.chooseAgain(job, text, try await desk.drivers(for: job, but: driver, to: caller))]
        case .ended(let status): return [TripFrames.ended(id, status)]
        }
    }

    @Sendable private func response(_ request: Request, _ context: WebContext) async throws -> any Sendable {
        let (caller, desk) = (try context.only(.provider), desk)
        var dialogue = Dialogue(
            caller: caller, routes: [.providerOffers], replay: .unconfirmed(.providerOffers),
            refused: TripRefusal.encoded)
        dialogue.applicationPing = dialogues.applicationPing
        dialogue.opened = { () async throws(RoadsideError) in
            // Who connects is told of what is open around him, too, for which nobody has to be chosen.
            try await desk.roadside.dispatch.offerOpenJobs(to: caller.userID)
            return []
        }
        dialogue.row = { row async throws(RoadsideError) in
            guard let id = row.body.jobID else { return [] }
            switch row.kind {
            case .offerNew: return [EncodedFrame(TripFrames.newRequest(try await desk.jobs.job(.id(id), for: caller)))]
            case .offerWithdrawn: return [EncodedFrame(TripFrames.withdrawn(id))]
            default: return []
            }
        }
        dialogue.received = { json async throws(RoadsideError) in
            let body = try AnswerBody(json)
            guard let trip = body.trip else {
                throw .validation([FieldIssue(name: "trip_id", message: "is required")])
            }
            let job = try await desk.answer(trip, body, by: caller)
            return [EncodedFrame(body.isAccepted ? TripView.contact(job.customer) : TripFrames.rejected(job.id))]
        }
        return dialogues.accept(dialogue)
    }
}

/// What a row means to the user of a request socket; nil for what has no words there.
enum UserNews {
    case accepted(by: ObjectID)
    case chooseAgain(String, without: ObjectID?)
    case ended(JobStatus)

    init?(_ row: InboxRow) {
        switch (row.kind, row.body.status) {
        case (.offerAnswer, _):
            let isSilent = row.body.message == "offer.expired"
            self = .chooseAgain(isSilent ? TootaWords.silence : TootaWords.refusal, without: row.body.provider?.id)
        case (.jobStatus, .accepted?):
            guard let driver = row.body.provider?.id else { return nil }
            self = .accepted(by: driver)
        case (.jobStatus, .matching?) where row.body.message == "job.reallocated":
            self = .chooseAgain(TootaWords.left, without: nil)
        case (.jobStatus, let status?) where status == .cancelled || status == .expired || status == .failed:
            self = .ended(status)
        default: return nil
        }
    }
}

extension WebContext {
    /// Whoever has this role, and nobody else: what FixOnCall calls a driver is a user here (K1).
    func only(_ role: Role) throws(RoadsideError) -> Caller {
        let caller = try requireCaller()
        guard caller.role == role else {
            throw RoadsideError(.forbidden, "This socket is for \(role == .provider ? "drivers" : "users").")
        }
        return caller
    }
}

extension Operation {
    /// An operation of one of this dialect's sockets.
    static func toota(_ summary: String, _ roles: [Role], refusals: [Int] = []) -> Operation {
        Operation(
            summary, tags: [TripRoutes.socketTag], parameters: [SocketAdmission.ticketParameter],
            responses: TripRoutes.refusals([400, 401, 403, 426] + refusals), roles: roles.map(\.rawValue))
    }
}
