import BSON
import Blueprint
import Hummingbird
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb

/// One trip on its way: its driver leads it on, its user hears of it (A23–A26).
struct StatusSockets: Sendable {
    let desk: TripDesk
    let dialogues: Dialogues

    func record(in sockets: inout Blueprint<WebContext>) {
        sockets.socket(
            Toota.Path.driverStatus, name: "driver_status",
            .toota("Lead a trip on, as its driver", [.provider], refusals: [404]), handler: driver)
        sockets.socket(
            Toota.Path.userStatus, name: "user_status",
            .toota("Where a trip stands, for its user", [.customer], refusals: [404]), handler: user)
    }

    @Sendable private func driver(_ request: Request, _ context: WebContext) async throws -> any Sendable {
        let (caller, desk) = (try context.only(.provider), desk)
        let job = try await desk.jobs.job(context.trip("trip_id"), for: caller)
        // Whoever is only asked has no trip to lead.
        guard job.assignedTo == caller.userID else { throw RoadsideError.notFound("Trip") }
        let id = job.id
        var dialogue = Dialogue(caller: caller, routes: [.providerJobs], refused: TripRefusal.encoded)
        dialogue.applicationPing = dialogues.applicationPing
        dialogue.opened = { () async throws(RoadsideError) in Self.frames(try await desk.jobs.job(.id(id), for: caller))
        }
        dialogue.row = { row in
            // His own steps have been answered.
            guard row.kind == .jobStatus, row.body.jobID == id, row.body.actor != .provider,
                let status = row.body.status
            else { return [] }
            return [EncodedFrame(TripFrames.status(id, status))]
        }
        dialogue.received = { json async throws(RoadsideError) in
            let body = try StatusBody(json)
            do throws(RoadsideError) {
                return Self.frames(try await desk.advance(.id(id), body, by: caller))
            } catch  where error.code == .paymentRequired {
                return [EncodedFrame(TripFrames.cashDue(id, TootaWords.collectCash))]
            }
        }
        return dialogues.accept(dialogue)
    }

    private static func frames(_ job: Job) -> [EncodedFrame] {
        let status = TripFrames.status(job.id, job.status)
        // A24: the driver hears it as soon as he is there.
        let frames = job.isCashDue ? [status, TripFrames.cashDue(job.id, TootaWords.collectCash)] : [status]
        return frames.map { EncodedFrame($0) }
    }

    @Sendable private func user(_ request: Request, _ context: WebContext) async throws -> any Sendable {
        let (caller, desk) = (try context.only(.customer), desk)
        let id = try await desk.jobs.job(context.trip("trip_id"), for: caller).id
        var dialogue = Dialogue(caller: caller, routes: [.customerJobs], refused: TripRefusal.encoded)
        dialogue.applicationPing = dialogues.applicationPing
        dialogue.opened = { () async throws(RoadsideError) in
            let job = try await desk.jobs.job(.id(id), for: caller)
            return [EncodedFrame(Self.news(job.status, of: job))]
        }
        dialogue.row = { row async throws(RoadsideError) in
            // Loaded and moving is the same word as loading: it has been said.
            guard row.kind == .jobStatus, row.body.jobID == id, let status = row.body.status, status != .towing else {
                return []
            }
            guard status == .arrived else { return [EncodedFrame(TripFrames.status(id, status))] }
            return [EncodedFrame(Self.news(status, of: try await desk.jobs.job(.id(id), for: caller)))]
        }
        return dialogues.accept(dialogue)
    }

    /// A25 instead of A26 while cash is due.
    private static func news(_ status: JobStatus, of job: Job) -> JSON {
        job.isCashDue ? TripFrames.cashDue(job.id, TootaWords.payCash) : TripFrames.status(job.id, status)
    }
}
