import NIOCore
import Synchronization

/// Lets so many handshakes a second in, so that a storm of clients that come back cannot starve those who are there
/// already; and asks nobody any more about an address whose handshakes keep failing (realtime.md §3.8).
///
/// Only failures count against an address: behind one of them may be all customers of a mobile network.
final class UpgradeAdmission: Sendable {
    private struct State {
        var all: RateLimit
        var failing: [String: RateLimit] = [:]
    }

    private let limits: SocketLimits
    private let state: Mutex<State>

    init(_ limits: SocketLimits, now: NIODeadline = .now()) {
        self.limits = limits
        state = Mutex(
            State(all: RateLimit(perSecond: limits.handshakeRate, burst: max(1, Int(limits.handshakeRate)), now: now)))
    }

    /// The reason to refuse a handshake unasked; nil when it may go on.
    func fault(for address: String, now: NIODeadline = .now()) -> UpgradeFault? {
        state.withLock { state in
            if let limit = state.failing[address], limit.isEmpty(now: now) { return .tooManyFailures }
            return state.all.admit(now: now) ? nil : .overloaded
        }
    }

    /// A handshake from this address was refused by whoever decides.
    func failed(_ address: String, now: NIODeadline = .now()) {
        guard limits.failureRate > 0 else { return }
        state.withLock { state in
            if state.failing.count >= Self.mostAddresses {
                state.failing = state.failing.filter { !$0.value.isFull(now: now) }
            }
            // With so many at once there is no telling them apart.
            guard state.failing.count < Self.mostAddresses else { return }
            _ = state.failing[
                address,
                default: RateLimit(
                    perSecond: limits.failureRate, burst: limits.failureBurst, now: now)
            ].admit(now: now)
        }
    }

    private static let mostAddresses = 10_000
}
