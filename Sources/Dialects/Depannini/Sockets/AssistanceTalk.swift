import BSON
import FoundationEssentials
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb
import Synchronization

/// What is said on one socket of one assistance.
final class AssistanceTalk: Sendable {
    private struct State {
        /// The last word about the status: several of ours are one of theirs, and nothing is said twice.
        var word = ""
        /// Until when the client's places have been told; where he was before he asked is nobody's business.
        var told: Date
    }

    private let roadside: Roadside
    private let caller: Caller
    private let job: Job
    private let state: Mutex<State>

    init(roadside: Roadside, caller: Caller, job: Job) {
        self.roadside = roadside
        self.caller = caller
        self.job = job
        state = Mutex(State(told: job.createdAt))
    }

    /// The first frame: where it stands.
    @Sendable func opened() async throws(RoadsideError) -> [EncodedFrame] {
        let job = try await roadside.jobs.job(.id(job.id), for: caller)
        let word = DepanniniWords.status(job.status)
        state.withLock { $0.word = word }
        return [EncodedFrame(AssistanceFrames.status(job, word))]
    }

    @Sendable func row(_ row: InboxRow) async throws(RoadsideError) -> [EncodedFrame] {
        guard row.body.jobID == job.id else { return [] }
        switch row.kind {
        case .jobStatus: return status(row)
        case .chatMessage:
            return [EncodedFrame(AssistanceFrames.chat(row.body.text ?? "", from: row.body.title ?? ""))]
        default: return []
        }
    }

    private func status(_ row: InboxRow) -> [EncodedFrame] {
        guard let status = row.body.status else { return [] }
        let word =
            caller.role == .provider ? DepanniniWords.assistantStatus(status) : DepanniniWords.status(status)
        let isNews = state.withLock { state in
            defer { state.word = word }
            return state.word != word
        }
        return isNews ? [EncodedFrame(AssistanceFrames.status(row.body, word))] : []
    }

    /// A place goes to whom it concerns; a message goes to the other side, and comes back to who wrote it (B28, B29).
    @Sendable func received(_ json: JSON) async throws(RoadsideError) -> [EncodedFrame] {
        switch try ClientFrame(json) {
        case .location(let position):
            try await roadside.tracking.locate(position, by: caller)
            return []
        case .chat(let text):
            let message = try await roadside.chat.send(text, about: .id(job.id), by: caller)
            return [EncodedFrame(AssistanceFrames.chat(message.text, from: ownName))]
        }
    }

    /// Where the client has gone since the last look, for the assistant.
    @Sendable func customerMoved() async throws(RoadsideError) -> [EncodedFrame] {
        let told = state.withLock { $0.told }
        guard let place = try await roadside.tracking.customer(of: job.id, since: told, for: caller) else { return [] }
        state.withLock { $0.told = place.at }
        return [EncodedFrame(AssistanceFrames.location(place.point, of: job.customer.number))]
    }

    private var ownName: String {
        (caller.userID == job.customerID ? job.customer.name : job.provider?.name) ?? ""
    }
}
