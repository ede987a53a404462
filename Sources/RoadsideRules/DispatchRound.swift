public import BSON

/// Several jobs that want a provider each, decided together (domain §4.5.5).
public struct DispatchRound: Sendable {
    /// One job and who could come, the best first.
    public struct Request: Sendable, Hashable {
        public let job: ObjectID
        public let ranked: [RankRules.Ranked]

        public init(job: ObjectID, ranked: [RankRules.Ranked]) {
            self.job = job
            self.ranked = ranked
        }
    }

    /// Job → the provider it gets; a job that goes without is not among them.
    public let choices: [ObjectID: ObjectID]
    /// False when the budget was spent and each job took the best that was left instead.
    public let isCheapest: Bool

    /// - Parameters:
    ///   - requests: their order decides where nothing else does, and who chooses first under ``Matching/nearest``.
    ///   - isOverBudget: asked before each job.
    public init(_ requests: [Request], matching: Matching, isOverBudget: () -> Bool = { false }) {
        let providers = Set(requests.flatMap { $0.ranked.map(\.candidate.id) }).sorted()
        let columns = Dictionary(providers.enumerated().map { ($1, $0) }) { first, _ in first }
        let costs = requests.map { request in
            var row = [Double?](repeating: nil, count: providers.count)
            for (place, ranked) in request.ranked.enumerated() {
                guard let column = columns[ranked.candidate.id] else { continue }
                // Of equal costs the better place in the list: a millionth is far below the tenth that costs are rounded to.
                row[column] = ranked.cost + Double(place) * 1e-6
            }
            return row
        }
        let cheapest = matching == .assignment ? AssignmentRules.cheapest(costs, isOverBudget: isOverBudget) : nil
        var choices: [ObjectID: ObjectID] = [:]
        for (request, column) in zip(requests, cheapest ?? AssignmentRules.greedy(costs)) {
            choices[request.job] = column.map { providers[$0] }
        }
        self.choices = choices
        isCheapest = cheapest != nil
    }
}
