import BSON
import FoundationEssentials
import RoadsideRules
import Testing

@Suite("Jobs that share candidates are given away at the least sum of costs (domain 4.5.5)")
struct AssignmentTests {
    /// How many rows are served and what they cost.
    private func sum(_ costs: [[Double?]], _ chosen: [Int?]) -> (served: Int, cost: Double) {
        let pairs = zip(costs, chosen).compactMap { row, column in column.flatMap { row[$0] } }
        return (pairs.count, pairs.reduce(0, +))
    }

    /// The best of all ways, tried one by one.
    private func best(_ costs: [[Double?]], row: Int = 0, taken: Set<Int> = []) -> (served: Int, cost: Double) {
        guard row < costs.count else { return (0, 0) }
        var best = best(costs, row: row + 1, taken: taken)
        for (column, cost) in costs[row].enumerated() where !taken.contains(column) {
            guard let cost else { continue }
            let rest = self.best(costs, row: row + 1, taken: taken.union([column]))
            let way = (served: rest.served + 1, cost: rest.cost + cost)
            if way.served > best.served || (way.served == best.served && way.cost < best.cost) { best = way }
        }
        return best
    }

    private func matrix(rows: Int, columns: Int, holes percent: Int, _ dice: inout SplitMix64) -> [[Double?]] {
        (0..<rows).map { _ in
            (0..<columns).map { _ in dice.happens(percent: percent) ? nil : Double(dice.within(-50...500)) / 10 }
        }
    }

    @Test("The classic case: who is nearest to both jobs goes to the one that has nobody else")
    func classic() throws {
        let costs: [[Double?]] = [[1, 2], [2, 100]]
        #expect(AssignmentRules.cheapest(costs) == [1, 0])
        #expect(AssignmentRules.greedy(costs) == [0, 1])
    }

    @Test("As good as trying every way, for any small matrix, with pairs that are not possible")
    func optimal() throws {
        var dice = SplitMix64(seed: 4)
        for round in 0..<600 {
            let costs = matrix(
                rows: dice.within(1...5), columns: dice.within(1...6), holes: [0, 30, 70][round % 3], &dice)
            let chosen = try #require(AssignmentRules.cheapest(costs))
            let columns = chosen.compactMap(\.self)
            #expect(Set(columns).count == columns.count, "nobody is given away twice")
            let isPossible = zip(costs, chosen).allSatisfy { row, column in column.map { row[$0] != nil } ?? true }
            #expect(isPossible)
            let (found, best) = (sum(costs, chosen), best(costs))
            #expect(found.served == best.served && abs(found.cost - best.cost) < 1e-6, "\(costs)")
        }
    }

    @Test("Never dearer than each for himself, and serves no fewer, at two hundred jobs as well")
    func large() throws {
        var dice = SplitMix64(seed: 5)
        for (rows, columns) in [(20, 20), (200, 260), (60, 30)] {
            let costs = matrix(rows: rows, columns: columns, holes: 40, &dice)
            let cheapest = sum(costs, try #require(AssignmentRules.cheapest(costs)))
            let greedy = sum(costs, AssignmentRules.greedy(costs))
            #expect(cheapest.served >= greedy.served)
            if cheapest.served == greedy.served { #expect(cheapest.cost <= greedy.cost) }
        }
    }

    @Test("Nothing to choose from, nobody to choose for, and a budget that is spent")
    func edges() {
        #expect(AssignmentRules.cheapest([]) == [])
        #expect(AssignmentRules.cheapest([[], []]) == [nil, nil])
        #expect(AssignmentRules.cheapest([[nil, nil]]) == [nil])
        #expect(AssignmentRules.cheapest([[1]], isOverBudget: { true }) == nil)
        #expect(AssignmentRules.greedy([[nil, 3], [1, 2]]) == [1, 0])
        #expect(AssignmentRules.cheapest([[0, 0], [0, 0]])?.compactMap(\.self).sorted() == [0, 1])
    }

    private func ranked(_ metres: [(UInt8, Double)]) throws -> [RankRules.Ranked] {
        let candidates = try metres.map { number, metres in
            RankRules.Candidate(
                id: try #require(ObjectID(bytes: [UInt8](repeating: number, count: 12))), number: Int64(number),
                metres: metres)
        }
        return RankRules.ranked(candidates, by: .standard, at: Date(timeIntervalSince1970: 0))
    }

    @Test("A round serves both jobs where each by itself would send one far, and says so again for the same facts")
    func round() throws {
        let (first, second) = (ObjectID(), ObjectID())
        let requests = [
            DispatchRound.Request(job: first, ranked: try ranked([(1, 1000), (2, 1500)])),
            DispatchRound.Request(job: second, ranked: try ranked([(1, 1200), (2, 9000)])),
        ]
        let round = DispatchRound(requests, matching: .assignment)
        #expect(round.isCheapest)
        #expect(round.choices[first]?.bytes.first == 2 && round.choices[second]?.bytes.first == 1)
        let nearest = DispatchRound(requests, matching: .nearest)
        #expect(nearest.choices[first]?.bytes.first == 1 && nearest.choices[second]?.bytes.first == 2)
        for _ in 0..<20 { #expect(DispatchRound(requests, matching: .assignment).choices == round.choices) }
        let hurried = DispatchRound(requests, matching: .assignment, isOverBudget: { true })
        #expect(!hurried.isCheapest && hurried.choices == nearest.choices)
    }

    @Test("A job that is alone gets the first of its list, also where costs are equal")
    func alone() throws {
        let request = DispatchRound.Request(job: ObjectID(), ranked: try ranked([(9, 10), (3, 20), (1, 30)]))
        #expect(DispatchRound([request], matching: .assignment).choices.values.map { $0.bytes[0] } == [9])
        #expect(DispatchRound([], matching: .assignment).choices.isEmpty)
    }
}
