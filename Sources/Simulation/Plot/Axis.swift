import Foundation

/// A scale of a chart: from 0 to a round number, with round steps.
struct Axis {
    let label: String
    let end: Double
    let step: Double

    /// - Parameters:
    ///   - greatest: the scale reaches it; at least a little above 0.
    ///   - steps: about so many.
    init(_ label: String, to greatest: Double, steps: Int = 5) {
        self.label = label
        let greatest = greatest.isFinite ? max(greatest, 1e-6) : 1
        let rough = greatest / Double(max(steps, 1))
        let power = pow(10, log10(rough).rounded(.down))
        let factor = [1, 2, 2.5, 5, 10].first { $0 * power >= rough * 0.999_999 } ?? 10
        step = factor * power
        end = (greatest / step - 1e-9).rounded(.up) * step
    }

    var ticks: [Double] { (0...Int((end / step).rounded())).map { Double($0) * step } }

    /// A tick's value with no more decimals than its step has.
    func text(_ tick: Double) -> String {
        let decimals = (0...6).first { digits in
            let scaled = step * pow(10, Double(digits))
            return abs(scaled - scaled.rounded()) < 1e-6 * scaled
        }
        return String(format: "%.\(decimals ?? 6)f", tick)
    }
}
