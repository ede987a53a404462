import RoadsideRules

/// Draws the plan of a run from its seed. Each job has a stream of its own, so that fewer jobs are the same jobs.
struct RacePlan: Sendable {
    let seed: UInt64
    let contenders: Int

    func job(_ index: Int) -> JobPlan {
        var dice = SplitMix64(seed: seed, stream: "job \(index)")
        let opening = opening(&dice)
        return JobPlan(
            index: index, customer: dice.below(RaceOptions.customersPerLane), opening: opening,
            hasDestination: dice.happens(percent: 30), server: dice.below(2),
            rounds: (0..<3).map { round($0, opening: opening, &dice) },
            closing: dice.happens(percent: 80) ? .cancel : .leave)
    }

    /// After how many finished jobs each kill comes, which server it hits (2: both), and how long it stays down.
    func kills(_ count: Int, among jobs: Int) -> [Kill] {
        var dice = SplitMix64(seed: seed, stream: "kills")
        return (0..<count).map { number in
            let share = Double(jobs) / Double(count + 1)
            let after = (Double(number) + 0.3 + 0.7 * dice.unit()) * share
            let server = dice.happens(percent: 15) ? 2 : dice.below(2)
            return Kill(after: Int(after), server: server, pause: dice.within(0...400))
        }
    }

    struct Kill: Sendable, Hashable {
        let after: Int
        let server: Int
        let pause: Int
    }

    private func opening(_ dice: inout SplitMix64) -> JobPlan.Opening {
        switch dice.below(100) {
        case ..<55: .broadcast
        case ..<78: .pick(popular(&dice))
        case ..<92: .booking
        default: .appointment(dice.within(1...3))
        }
    }

    private func round(_ number: Int, opening: JobPlan.Opening, _ dice: inout SplitMix64) -> JobPlan.Round {
        // Some races are run in the same few milliseconds, some over a second.
        let width = dice.pick([5, 30, 150, 800]) ?? 30
        var moves = (0..<contenders).map { move($0, width: width, &dice) }
        if dice.happens(percent: 30), let late = dice.pick(moves) {
            moves.append(
                .init(
                    provider: late.provider, act: .accept, pause: width + dice.within(100...1500), listens: false,
                    isTwin: false, repeats: false, server: dice.below(2)))
        }
        var interruptions: [JobPlan.Interruption] = []
        while dice.happens(percent: 28), interruptions.count < 3 {
            interruptions.append(interruption(width: width, &dice))
        }
        if case .pick = opening, number == 0, dice.happens(percent: 60) {
            // In two minds: another one is to be asked while the first still thinks.
            interruptions.append(
                .init(
                    word: .customerAssigns(dice.below(contenders)), pause: dice.within(20...120), isTwin: false,
                    server: dice.below(2)))
        }
        return JobPlan.Round(
            moves: moves, interruptions: interruptions, steps: (0..<7).compactMap { step($0, &dice) })
    }

    /// A few are asked for by name far more often than the others.
    private func popular(_ dice: inout SplitMix64) -> Int { dice.below(min(contenders, 3)) }

    private func move(_ provider: Int, width: Int, _ dice: inout SplitMix64) -> JobPlan.Move {
        JobPlan.Move(
            provider: provider, act: dice.happens(percent: 90) ? .accept : .decline, pause: dice.below(width),
            listens: dice.happens(percent: 50), isTwin: dice.happens(percent: 20), repeats: dice.happens(percent: 70),
            server: dice.below(2))
    }

    private func interruption(width: Int, _ dice: inout SplitMix64) -> JobPlan.Interruption {
        let word: JobPlan.Word =
            switch dice.below(100) {
            case ..<40: .customerCancels
            case ..<50: .adminCancels
            case ..<75: .customerAssigns(popular(&dice))
            default: .adminAssigns(dice.below(contenders))
            }
        return .init(
            word: word, pause: dice.below(width * 2), isTwin: dice.happens(percent: 25), server: dice.below(2))
    }

    private func step(_ place: Int, _ dice: inout SplitMix64) -> JobPlan.TimedStep? {
        let step: JobPlan.Step? =
            switch place {
            case 0: dice.happens(percent: 15) ? .giveBack : .advance("en_route")
            case 1: dice.happens(percent: 15) ? .stranger : .advance("arrived")
            case 2: dice.pick([.giveBack, .customerCancels, .adminCancels, .wander, .startWithWrongCode])
            case 3: dice.happens(percent: 85) ? .start : .advance("in_progress")
            case 4: dice.happens(percent: 40) ? .advance("towing") : nil
            case 5: dice.happens(percent: 10) ? .adminCancels : nil
            default: .complete
            }
        // Drawn in any case: the steps behind shall not depend on it.
        let (pause, isTwin, server) = (dice.below(40), dice.happens(percent: 25), dice.below(2))
        // Not every job has every adventure.
        let isKept = place != 2 || dice.happens(percent: 45)
        guard let step, isKept else { return nil }
        return .init(step: step, pause: pause, isTwin: isTwin, server: server)
    }
}
