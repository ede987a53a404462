import Synchronization

/// Calls that come together are done together: whoever comes while others are at work waits for them, and then one of
/// those who wait does the work of all.
///
/// So the database is asked once for many, and the more there are, the more each asking serves. Who leads a group does it
/// in his own task; nothing runs by itself. Should he be cancelled, the others are served by the next of them, so the work
/// must be one that may be done twice.
final class GroupWork<Input: Sendable, Output: Sendable>: Sendable {
    /// As many results as inputs, in their order.
    typealias Work = @Sendable ([Input]) async throws(RoadsideError) -> [Result<Output, RoadsideError>]

    private enum Turn {
        /// Does the work of all, no sooner than at this moment.
        case lead(ContinuousClock.Instant?)
        case done(Result<Output, RoadsideError>)
    }

    private struct Member {
        let input: Input
        let turn: CheckedContinuation<Turn, Never>
    }

    private struct State {
        var waiting: [Member] = []
        var leaders = 0
    }

    private let leaders: Int
    private let limit: Int
    private let pause: Duration
    private let tick: Duration
    private let work: Work
    private let state = Mutex(State())

    /// - Parameters:
    ///   - leaders: groups that may be at work at the same time.
    ///   - limit: members of one group.
    ///   - pause: how long a leader waits for others before he begins.
    ///   - tick: how long after the beginning of a group the next of its line begins at the soonest; whoever comes when
    ///     nobody is at work need not wait.
    init(
        leaders: Int = 1, limit: Int = 1000, pause: Duration = .zero, tick: Duration = .zero, work: @escaping Work
    ) {
        self.leaders = max(leaders, 1)
        self.limit = max(limit, 1)
        self.pause = pause
        self.tick = tick
        self.work = work
    }

    /// How many stand in line.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// - Throws: the failure of this input, or of the whole group's work.
    func callAsFunction(_ input: Input) async throws(RoadsideError) -> Output {
        let turn = await withCheckedContinuation { continuation in
            let leads = state.withLock { state in
                guard state.leaders < leaders else {
                    state.waiting.append(Member(input: input, turn: continuation))
                    return false
                }
                state.leaders += 1
                return true
            }
            if leads { continuation.resume(returning: Turn.lead(nil)) }
        }
        switch turn {
        case .lead(let start): return try await lead(input, from: start)
        case .done(let result): return try result.get()
        }
    }

    private func lead(_ own: Input, from start: ContinuousClock.Instant?) async throws(RoadsideError) -> Output {
        if let start { try? await Task.sleep(until: start, clock: .continuous) }
        if pause > .zero { try? await Task.sleep(for: pause) }
        let others = state.withLock { state in
            let others = Array(state.waiting.prefix(limit - 1))
            state.waiting.removeFirst(others.count)
            return others
        }
        // Whatever happens, somebody goes on with those who came meanwhile.
        let begun: ContinuousClock.Instant? = tick > .zero ? .now : nil
        defer { passOn(begun.map { $0 + tick }) }
        do throws(RoadsideError) {
            let results = try await work([own] + others.map(\.input))
            for (member, result) in zip(others, results.dropFirst()) { member.turn.resume(returning: .done(result)) }
            return try results[0].get()
        } catch {
            if Task.isCancelled {
                // It is his end and not theirs: they stand at the front of the line again.
                state.withLock { $0.waiting.insert(contentsOf: others, at: 0) }
            } else {
                for member in others { member.turn.resume(returning: .done(.failure(error))) }
            }
            throw error
        }
    }

    private func passOn(_ start: ContinuousClock.Instant?) {
        let next = state.withLock { state -> Member? in
            guard !state.waiting.isEmpty else {
                state.leaders -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.turn.resume(returning: .lead(start))
    }
}
