public import Roadside
import Synchronization

/// A gateway without cards and without money, for development and tests: what becomes of a charge stands in its token. It
/// remembers for as long as its process lives.
///
/// - `test_ok` is charged, `test_declined` is refused.
/// - `test_timeout` is charged, but the answer is lost on its way; `test_lost` never arrives.
public final class TestCardGateway: CardGateway {
    private struct State {
        var outcomes: [String: CardOutcome] = [:]
        /// How often something was charged or given back in fact, by key.
        var moved: [String: Int] = [:]
        var refunds: [String: CardRefund] = [:]
        var isAway = false
    }

    private let state = Mutex(State())

    public init() {}

    public func charge(_ charge: CardCharge) async throws(CardGatewayError) -> CardOutcome {
        let answer: CardOutcome? = state.withLock { state in
            guard !state.isAway, charge.token != "test_lost" else { return nil }
            if let known = state.outcomes[charge.key] { return known }
            let outcome: CardOutcome
            switch charge.token {
            case "test_ok", "test_timeout":
                outcome = .succeeded(reference: "test_\(charge.key)")
                state.moved[charge.key, default: 0] += 1
            case "test_declined": outcome = .declined(reason: "declined")
            default: outcome = .declined(reason: "unknown_token")
            }
            state.outcomes[charge.key] = outcome
            return charge.token == "test_timeout" ? nil : outcome
        }
        guard let answer else { throw CardGatewayError("the test gateway does not answer") }
        return answer
    }

    public func outcome(of key: String) async throws(CardGatewayError) -> CardOutcome {
        let answer: CardOutcome? = state.withLock { state in
            guard !state.isAway else { return nil }
            let outcome = state.outcomes[key] ?? .declined(reason: "not_received")
            state.outcomes[key] = outcome
            return outcome
        }
        guard let answer else { throw CardGatewayError("the test gateway is away") }
        return answer
    }

    public func refund(_ refund: CardRefund) async throws(CardGatewayError) {
        let isDone = state.withLock { state in
            guard !state.isAway else { return false }
            if state.refunds[refund.key] == nil {
                state.refunds[refund.key] = refund
                state.moved[refund.key, default: 0] += 1
            }
            return true
        }
        guard isDone else { throw CardGatewayError("the test gateway is away") }
    }

    /// How often money has moved under this key.
    public func moves(under key: String) -> Int { state.withLock { $0.moved[key] ?? 0 } }

    /// What was given back under this key.
    public func refunded(under key: String) -> CardRefund? { state.withLock { $0.refunds[key] } }

    /// Whether it answers at all.
    public func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }
}
