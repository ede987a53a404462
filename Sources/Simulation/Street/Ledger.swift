import Synchronization

/// Where the people of the city write down what happened to each call.
final class Ledger: Sendable {
    private let traces: Mutex<[CallTrace]>

    init(calls: Int) { traces = Mutex([CallTrace](repeating: CallTrace(), count: calls)) }

    var all: [CallTrace] { traces.withLock { $0 } }

    subscript(call: Call) -> CallTrace { traces.withLock { $0[call.index] } }

    func requested(_ call: Call, at moment: Double) { change(call) { $0.requestedAt = moment } }

    func offered(_ call: Call, at moment: Double) {
        change(call) { trace in
            trace.offers += 1
            trace.offeredAt = min(trace.offeredAt ?? moment, moment)
        }
    }

    func declined(_ call: Call) { change(call) { $0.declines += 1 } }

    func cameTooLate(_ call: Call) { change(call) { $0.tooLate += 1 } }

    func accepted(_ call: Call, by provider: Int, at moment: Double, metres: Double) {
        change(call) { trace in
            trace.acceptedAt = moment
            trace.provider = provider
            trace.pickupMetres = metres
        }
    }

    func arrived(_ call: Call, at moment: Double) { change(call) { $0.arrivedAt = moment } }

    func heardCode(_ call: Call, _ code: String) { change(call) { $0.code = code } }

    func ended(_ call: Call, _ outcome: CallTrace.Outcome) { change(call) { $0.outcome = outcome } }

    private func change(_ call: Call, _ work: (inout CallTrace) -> Void) {
        traces.withLock { work(&$0[call.index]) }
    }
}
