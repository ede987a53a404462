import BSON
import HTTPTypes
import Realtime
import Roadside

/// Commands of sockets, each carried out once under the client's own id, as those of requests are under their
/// `Idempotency-Key`: the same id again is answered the same for a day, also on another socket and another server.
///
/// As there, successes and conflicts of state are kept, and whatever came after something was committed; what was refused
/// otherwise may be sent again under its id.
struct KeyedCommands: Sendable {
    let idempotency: Idempotency

    /// - Returns: what the client is answered.
    func carryOut(
        _ command: SocketCommand, by caller: Caller, _ handler: SocketCommand.Handler
    ) async -> EncodedFrame {
        do throws(RoadsideError) {
            let keyed = KeyedCommand(
                try IdempotencyKey(command.id), route: "SEND \(command.kind)", body: command.data.bytes())
            switch try await idempotency.begin(keyed, by: caller) {
            case .replay(let answer): return EncodedFrame(text: answer.body)
            case .answerLost:
                let lost = RoadsideError(
                    .idempotencyAnswerLost, "This command was carried out, but its answer was lost.")
                return EncodedFrame(text: Self.refusal(lost, command))
            case .carryOut(let claim): return await carryOut(command, by: caller, handler, under: claim)
            }
        } catch {
            return EncodedFrame(text: Self.refusal(error, command))
        }
    }

    private func carryOut(
        _ command: SocketCommand, by caller: Caller, _ handler: SocketCommand.Handler, under claim: IdempotencyClaim
    ) async -> EncodedFrame {
        let answer: String
        do {
            let seq = try await IdempotencyClaim.$current.withValue(claim) { try await handler(command, caller) }
            answer = ResumableFrames.done(command.id, seq: seq).text
            await idempotency.keep(KeptAnswer(status: 200, headers: [], body: answer), of: claim)
        } catch {
            let refusal = RoadsideError(any: error)
            let status = ErrorStatus.status(of: refusal.code)
            answer = Self.refusal(refusal, command)
            if status == .conflict || claim.hasCommitted {
                await idempotency.keep(KeptAnswer(status: status.code, headers: [], body: answer), of: claim)
            } else {
                await idempotency.giveUp(claim)
            }
        }
        return EncodedFrame(text: answer)
    }

    private static func refusal(_ error: RoadsideError, _ command: SocketCommand) -> String {
        ResumableFrames.refusal(error.code.rawValue, id: command.id, message: error.message).text
    }
}
