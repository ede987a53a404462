import BSON
public import Blueprint
import FoundationEssentials
import Hummingbird
import Realtime
public import Roadside
import RoadsideRules
public import RoadsideWeb

extension Depannini {
    /// The name of the blueprint of its sockets.
    public static let socketsName = "depannini_sockets"

    /// The blueprint of its sockets, to be mounted as it is.
    public static func sockets(_ roadside: Roadside, _ dialogues: Dialogues) -> Blueprint<WebContext> {
        AssistanceSockets(roadside: roadside, dialogues: dialogues).blueprint
    }
}

/// The two sockets: an assistant's own, and that of one assistance.
struct AssistanceSockets: Sendable {
    let roadside: Roadside
    let dialogues: Dialogues

    /// Slashes as documented (B24, B25).
    static let assistantPath = "/ws/assistant/<id>/"
    static let assistancePath = "/ws/assistance/<id>/"

    var blueprint: Blueprint<WebContext> {
        var sockets = Blueprint<WebContext>(Depannini.socketsName)
        sockets.before(dialogues.hook)
        Complaint.answerErrors(in: &sockets)
        sockets.socket(Self.assistantPath, name: "assistant", Self.assistant, handler: assistant)
        sockets.socket(Self.assistancePath, name: "assistance", Self.assistance, handler: assistance)
        return sockets
    }

    /// B24: what an assistant may accept. Who connects is told of what is open around him.
    @Sendable private func assistant(_ request: Request, _ context: WebContext) async throws -> any Sendable {
        let caller = try allowed(context, [.provider])
        let account = try await roadside.accounts.account(caller.userID)
        // The path names whose it is, and may name nobody else (K15).
        guard let named = context.routing.parameters["id"].flatMap(Reference.init),
            named == .id(account.id) || named == .number(account.number)
        else { throw RoadsideError(.forbidden, "This is the socket of somebody else.") }
        var dialogue = Dialogue(
            caller: caller, routes: [.providerOffers], replay: .unconfirmed(.providerOffers), refused: Self.refused)
        let dispatch = roadside.dispatch
        dialogue.opened = { () async throws(RoadsideError) in
            try await dispatch.offerOpenJobs(to: caller.userID)
            return []
        }
        dialogue.row = { row in
            guard row.kind == .offerNew, let frame = AssistanceFrames.request(row.body) else { return [] }
            return [EncodedFrame(frame)]
        }
        return dialogues.accept(dialogue)
    }

    /// B25–B29: one assistance, for its two sides and nobody else. The first frame says where it stands.
    @Sendable private func assistance(_ request: Request, _ context: WebContext) async throws -> any Sendable {
        let caller = try allowed(context, [.customer, .provider])
        let job = try await job(context.reference(to: "Assistance"), of: caller)
        let talk = AssistanceTalk(roadside: roadside, caller: caller, job: job)
        var dialogue = Dialogue(
            caller: caller, routes: [.customerJobs, .providerJobs, .chat], replay: .live, refused: Self.refused)
        dialogue.opened = talk.opened
        dialogue.row = talk.row
        dialogue.received = talk.received
        dialogue.positions = Dialogue.Positions("depannini.location", of: job.id) { position in
            EncodedFrame(AssistanceFrames.location(position.fix.point, of: position.providerNumber))
        }
        if caller.role == .provider { dialogue.look = Dialogue.Look(every: .seconds(2), talk.customerMoved) }
        return dialogues.accept(dialogue)
    }

    /// - Throws: `NOT_FOUND` for anybody but its two sides: an assistant who is only asked sees it, and hears nothing of it.
    private func job(_ reference: Reference, of caller: Caller) async throws(RoadsideError) -> Job {
        let job = try await roadside.jobs.job(reference, for: caller)
        guard job.isParty(caller) else { throw .notFound("Assistance") }
        return job
    }

    private func allowed(_ context: WebContext, _ roles: [Role]) throws(RoadsideError) -> Caller {
        let caller = try context.requireCaller()
        guard roles.contains(caller.role) else {
            throw RoadsideError(.forbidden, "Your role does not allow this.")
        }
        return caller
    }

    @Sendable private static func refused(_ error: RoadsideError) -> EncodedFrame {
        EncodedFrame(AssistanceFrames.refusal(error))
    }
}

// What the documents say.
extension AssistanceSockets {
    static let tag = "Depannini: sockets"

    static let assistant = operation("New assistance requests near an assistant", [.provider], more: [:])

    static let assistance = operation(
        "One assistance: status, positions, chat", [.customer, .provider],
        more: [404: Operation.refusal("Not found, or somebody else's")])

    private static func operation(
        _ summary: String, _ roles: [Role], more: [Int: Operation.Reply]
    ) -> Operation {
        let refusals: [Int: Operation.Reply] = [
            400: Operation.refusal("No proper handshake"), 401: Operation.refusal("No valid token"),
            403: Operation.refusal("Not for this caller, or a page of a foreign origin"),
            426: Operation.refusal("Sockets open on the first request of a connection"),
        ]
        return Operation(
            summary, tags: [tag], parameters: [SocketAdmission.ticketParameter],
            responses: refusals.merging(more) { first, _ in first }, roles: roles.map(\.rawValue))
    }
}
