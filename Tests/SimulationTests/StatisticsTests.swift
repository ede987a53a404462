import Simulation
import Testing

@Suite("The numbers of a report")
struct StatisticsTests {
    @Test("percentiles are samples, by the nearest rank")
    func percentiles() {
        let samples = [9.0, 1, 7, 3, 5]
        #expect(Statistics.percentile(50, of: samples) == 5)
        #expect(Statistics.percentile(90, of: samples) == 9)
        #expect(Statistics.percentile(20, of: samples) == 1)
        #expect(Statistics.percentile(21, of: samples) == 3)
        #expect(Statistics.percentile(100, of: samples) == 9)
        #expect(Statistics.percentile(50, of: [4.0]) == 4)
    }

    @Test("nothing has no mean and no percentile")
    func nothing() {
        #expect(Statistics.mean([]) == nil && Statistics.percentile(50, of: []) == nil)
        #expect(Statistics.gini([]) == 0 && Statistics.gini([0, 0]) == 0)
        #expect(Statistics.distribution([]).isEmpty)
    }

    @Test(
        "Gini is 0 when all have the same, and nearly 1 when one has everything",
        arguments: [
            ([3.0, 3, 3, 3], 0.0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25), ([3, 1], 0.25), ([1, 2, 3, 4], 0.25),
        ])
    func gini(amounts: [Double], expected: Double) {
        #expect(abs(Statistics.gini(amounts) - expected) < 1e-12)
    }

    @Test("Gini is twice the area between Lorenz's curve and the diagonal")
    func giniByLorenz() {
        let amounts = [5.0, 0, 1, 1, 9, 2, 2]
        let curve = Statistics.lorenz(amounts)
        let area = zip(curve, curve.dropFirst()).reduce(0) { $0 + ($1.1.x - $1.0.x) * ($1.0.y + $1.1.y) / 2 }
        #expect(abs(1 - 2 * area - Statistics.gini(amounts)) < 1e-12)
        #expect(curve.first?.y == 0 && curve.last?.x == 1 && curve.last?.y == 1)
    }

    @Test("a distribution rises from 0 to 1 over the samples")
    func distribution() {
        let points = Statistics.distribution([2, 1, 4, 1])
        #expect(points.map(\.x) == [1, 1, 1, 2, 4])
        #expect(points.map(\.y) == [0, 0.25, 0.5, 0.75, 1])
    }
}
