import BSON
import FoundationEssentials
import Testing

@testable import RoadsideRules

@Suite("What holds for every job, whoever asks for whatever")
struct JobPropertyTests {
    /// One step at a time, typed in from domain §4.4.
    static let neighbours: [JobStatus: Set<JobStatus>] = [
        .scheduled: [.scheduled, .requested, .cancelled],
        .requested: [.scheduled, .matching, .cancelled],
        .matching: [.scheduled, .accepted, .cancelled, .expired],
        .accepted: [.enRoute, .matching, .cancelled, .expired],
        .enRoute: [.arrived, .matching, .cancelled, .expired],
        .arrived: [.inProgress, .cancelled, .failed],
        .inProgress: [.towing, .completed, .cancelled, .failed],
        .towing: [.atDestination, .cancelled, .failed],
        .atDestination: [.completed, .cancelled, .failed],
    ]

    private func randomCommand(_ random: inout SplitMix64) -> JobCommand {
        let plain = JobCommandTableTests.commands.map(\.command)
        if Bool.random(using: &random), let command = plain.randomElement(using: &random) { return command }
        let proof = [OTPProof.none, .verified, .wrong].randomElement(using: &random) ?? .none
        return .advance(to: JobStatus.allCases.randomElement(using: &random) ?? .cancelled, otp: proof)
    }

    private func randomFacts(_ random: inout SplitMix64) -> JobFacts {
        JobCast.facts(JobStatus.allCases.randomElement(using: &random) ?? .requested) {
            $0.hasDestination = Bool.random(using: &random)
            $0.startOTPRequired = Bool.random(using: &random)
            $0.reallocations = Int.random(in: 0...7, using: &random)
            if Bool.random(using: &random) { $0.excluded = [JobCast.other] }
            if Bool.random(using: &random) {
                $0.otp.lockedUntil = JobCast.now.addingTimeInterval(Double.random(in: -10...10, using: &random))
            }
        }
    }

    @Test("Every decision steps along neighbours, never out of an end, and cleans up behind itself")
    func decisions() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<20_000 {
            let facts = randomFacts(&random)
            let command = randomCommand(&random)
            let name = JobCast.actors.randomElement(using: &random)?.name ?? "system"
            guard case .success(let decision) = JobCast.decide(facts, command, by: name) else { continue }
            #expect(facts.status.isOpen)
            #expect(!decision.steps.isEmpty && decision.from == facts.status && decision.to == decision.steps.last)
            var status = facts.status
            for step in decision.steps {
                #expect(Self.neighbours[status]?.contains(step) == true, "\(status) to \(step)")
                status = step
            }
            let held = facts.assignedTo != nil
            if decision.to.isTerminal, held {
                #expect(decision.effects.isSuperset(of: [.clearSlot, .releaseProvider, .clearOTP]))
            }
            if decision.to == .matching, held {
                #expect(
                    decision.effects.isSuperset(of: [.unassign, .clearSlot, .exclude(JobCast.holder), .startSearch]))
            }
            #expect((decision.to == .accepted) == decision.effects.contains(.createOTP))
            #expect((decision.failure != nil) == (decision.to == .failed))
            let isPutOff = decision.effects.contains { if case .scheduleSearch = $0 { true } else { false } }
            #expect((decision.to == .scheduled) == isPutOff)
            if !held { #expect(!decision.effects.contains(.releaseProvider)) }
        }
    }

    @Test("A status is listed as legal exactly when a walk there with the right code succeeds")
    func legality() {
        var random = SplitMix64(seed: 2)
        for _ in 0..<300 {
            var facts = randomFacts(&random)
            facts.otp.lockedUntil = nil
            for (_, actor) in JobCast.actors {
                let walked = JobStatus.allCases.filter { target in
                    let walk = JobCommand.advance(to: target, otp: .verified)
                    guard case .success(let decision) = JobRules.decide(facts, walk, by: actor, now: JobCast.now) else {
                        return false
                    }
                    return decision.stoppedBy == nil
                }
                #expect(JobRules.legalNext(facts, by: actor, now: JobCast.now) == walked)
            }
        }
    }

    @Test("A whole life, played at random, ends in an end and never comes back")
    func lives() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<500 {
            var facts = JobCast.facts(.scheduled) { $0.hasDestination = Bool.random(using: &random) }
            for _ in 0..<400 where facts.status.isOpen {
                let name = JobCast.actors.randomElement(using: &random)?.name ?? "system"
                guard case .success(let decision) = JobCast.decide(facts, randomCommand(&random), by: name) else {
                    continue
                }
                facts.status = decision.to
                for effect in decision.effects {
                    switch effect {
                    case .occupyProvider(let provider): facts.assignedTo = provider
                    case .unassign: facts.assignedTo = nil
                    case .exclude(let provider): facts.excluded.insert(provider)
                    case .countReallocation: facts.reallocations += 1
                    default: break
                    }
                }
                #expect((facts.assignedTo != nil) || !facts.status.isLive)
                #expect(facts.status != .matching || facts.assignedTo == nil)
            }
            #expect(facts.status.isTerminal)
        }
    }

    @Test("Between any two statuses there is at most one shortest way forward")
    func uniqueWays() {
        let forward = JobTransition.table.filter { JobTransition.Verb.forward.contains($0.verb) }
        for from in JobStatus.allCases {
            var ways: [JobStatus: Int] = [from: 1]
            var frontier: Set<JobStatus> = [from]
            while !frontier.isEmpty {
                var reached: [JobStatus: Int] = [:]
                for row in forward where frontier.contains(row.from) && ways[row.to] == nil {
                    reached[row.to, default: 0] += ways[row.from] ?? 0
                }
                ways.merge(reached) { old, _ in old }
                frontier = Set(reached.keys)
            }
            #expect(ways.values.allSatisfy { $0 == 1 }, "from \(from)")
        }
    }

    @Test("No two rows of the table answer the same question")
    func unambiguous() {
        for (index, a) in JobTransition.table.enumerated() {
            #expect(a.from.isOpen)
            for b in JobTransition.table[(index + 1)...] where a.verb == b.verb && a.from == b.from {
                let complementary = Set([a.condition, b.condition]) == [.reallocationsLeft, .reallocationsSpent]
                #expect(a.parties.isDisjoint(with: b.parties) || complementary, "\(a.verb) from \(a.from)")
            }
        }
    }
}
