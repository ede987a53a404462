/// Who shall do which of several jobs, so that the sum of the costs is least (domain §4.5.5).
///
/// Rows are jobs, columns are providers; `nil` is a pair that is not possible. As many jobs as can be are given to
/// somebody, and among all such ways the cheapest is taken. The same matrix always gives the same answer.
public enum AssignmentRules {
    /// Jobs in one round; more wait for the next.
    public static let mostJobs = 200

    /// The Hungarian method (Kuhn, Munkres) with potentials: rows squared times columns.
    ///
    /// - Parameter isOverBudget: asked before each row.
    /// - Returns: the column of each row, `nil` for a row that goes without; `nil` for all of it when the budget was spent.
    public static func cheapest(
        _ costs: [[Double?]], isOverBudget: () -> Bool = { false }
    ) -> [Int?]? {
        let rows = costs.count
        let columns = costs.map(\.count).max() ?? 0
        guard rows > 0, columns > 0 else { return costs.map { _ in nil } }
        // A column of its own for each row stands for going without, dearer than any way of having everybody served.
        let real = costs.joined().compactMap(\.self)
        let without = 1 + ((real.max() ?? 0) - min(real.min() ?? 0, 0)) * Double(rows + 1)
        func cost(_ row: Int, _ column: Int) -> Double {
            guard column < columns else { return column - columns == row ? without : .infinity }
            return column < costs[row].count ? costs[row][column] ?? .infinity : .infinity
        }

        let width = columns + rows
        var (rowPotential, columnPotential) = (
            [Double](repeating: 0, count: rows), [Double](repeating: 0, count: width)
        )
        var holder = [Int?](repeating: nil, count: width)
        for row in 0..<rows {
            if isOverBudget() { return nil }
            var reach = [Double](repeating: .infinity, count: width)
            var previous = [Int?](repeating: nil, count: width)
            var isDone = [Bool](repeating: false, count: width)
            var current = row
            var last: Int?
            while true {
                var (step, next) = (Double.infinity, -1)
                for column in 0..<width where !isDone[column] {
                    let reduced = cost(current, column) - rowPotential[current] - columnPotential[column]
                    if reduced < reach[column] {
                        reach[column] = reduced
                        previous[column] = last
                    }
                    if reach[column] < step { (step, next) = (reach[column], column) }
                }
                // Its own way of going without is always within reach, so there is a next.
                rowPotential[row] += step
                for column in 0..<width {
                    if isDone[column], let held = holder[column] {
                        rowPotential[held] += step
                        columnPotential[column] -= step
                    } else if !isDone[column] {
                        reach[column] -= step
                    }
                }
                isDone[next] = true
                last = next
                guard let held = holder[next] else { break }
                current = held
            }
            while let column = last {
                holder[column] = previous[column].map { holder[$0] } ?? row
                last = previous[column]
            }
        }
        var chosen = [Int?](repeating: nil, count: rows)
        for (column, row) in holder.enumerated() where column < columns {
            if let row { chosen[row] = column }
        }
        return chosen
    }

    /// Each job in its turn takes the cheapest who is left.
    public static func greedy(_ costs: [[Double?]]) -> [Int?] {
        var taken = Set<Int>()
        return costs.map { row in
            let best = row.enumerated().filter { !taken.contains($0.offset) }
                .compactMap { entry in entry.element.map { (cost: $0, column: entry.offset) } }
                .min { ($0.cost, $0.column) < ($1.cost, $1.column) }
            if let best { taken.insert(best.column) }
            return best?.column
        }
    }
}
