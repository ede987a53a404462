import BSON
import RoadsideRules

/// What is wrong with seed files: every fault at once, each with the place where it is.
public struct SeedFaults: Error, Sendable, CustomStringConvertible {
    public let faults: [String]

    public init(_ faults: [String]) { self.faults = faults }

    public var description: String { faults.joined(separator: "\n") }
}

/// Reads seed files and collects the faults instead of stopping at the first.
final class SeedReader {
    private(set) var faults: [String] = []

    func fault(_ place: String, _ message: String) { faults.append("\(place): \(message)") }

    /// - Throws: ``SeedFaults`` with everything that was found.
    func finish() throws(SeedFaults) {
        if !faults.isEmpty { throw SeedFaults(faults) }
    }

    func text(_ json: JSON?, _ place: String) -> String {
        guard let text = json?.string, !text.isEmpty else {
            fault(place, "a text is missing")
            return ""
        }
        return text
    }

    /// - Parameter missing: what an absent number is; a fault when nothing is given.
    func whole(_ json: JSON?, _ place: String, in range: ClosedRange<Int>, missing: Int? = nil) -> Int {
        if json == nil, let missing { return missing }
        guard let number = json?.int, let whole = Int(exactly: number), range.contains(whole) else {
            fault(place, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return whole
    }

    func number(_ json: JSON?, _ place: String, in range: ClosedRange<Double>) -> Double {
        guard let number = json?.double, range.contains(number) else {
            fault(place, "must be a number from \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return number
    }

    func range(_ json: JSON?, _ place: String, in bounds: ClosedRange<Int>) -> ClosedRange<Int> {
        let ends = (json?.array ?? []).compactMap(\.int).compactMap(Int.init(exactly:))
        guard ends.count == 2, json?.array?.count == 2, ends[0] <= ends[1], bounds.contains(ends[0]),
            bounds.contains(ends[1])
        else {
            fault(
                place, "must be two whole numbers from \(bounds.lowerBound) to \(bounds.upperBound), the lesser first")
            return bounds.lowerBound...bounds.lowerBound
        }
        return ends[0]...ends[1]
    }

    /// The elements of a list that must not be empty, each with its place.
    func list(_ json: JSON?, _ place: String) -> [(JSON, String)] {
        guard let elements = json?.array, !elements.isEmpty else {
            fault(place, "must be a list and not empty")
            return []
        }
        return elements.enumerated().map { ($0.element, "\(place)[\($0.offset)]") }
    }

    func texts(_ json: JSON?, _ place: String) -> [String] {
        list(json, place).map { element, place in
            if let text = element.string { return text }
            fault(place, "must be a text")
            return ""
        }
    }

    /// - Parameter shares: what was read; a fault when nothing of it can ever be drawn.
    func shares<Value: Sendable>(_ shares: [(value: Value, share: Int)], _ place: String) -> Shares<Value>? {
        let result = Shares(shares)
        if result == nil { fault(place, "needs a share above 0") }
        return result
    }

    func share(_ json: JSON, _ place: String) -> Int { whole(json["share"], "\(place).share", in: 0...1_000_000) }

    /// `[name, latitude, longitude]`.
    func place(_ json: JSON, _ place: String) -> Place? {
        guard let parts = json.array, parts.count == 3, let name = parts[0].string, !name.isEmpty,
            let latitude = parts[1].double, let longitude = parts[2].double,
            let point = GeoPoint(latitude: latitude, longitude: longitude)
        else {
            fault(place, "must be [name, latitude, longitude]")
            return nil
        }
        return Place(point: point, address: name)
    }
}
