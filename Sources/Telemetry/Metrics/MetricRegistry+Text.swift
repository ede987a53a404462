// Prometheus' text format, version 0.0.4.
extension MetricRegistry {
    /// Its `Content-Type`.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// Everything, as it is now.
    public func text() async -> String {
        var lines: [(name: String, text: String)] = families.map { ($0.key, Self.text(of: $0.value, named: $0.key)) }
        for question in questions {
            let samples = await question.ask()
            guard !samples.isEmpty else { continue }
            let head = Self.head(question.name, question.kind, question.help)
            let body = samples.map { "\(question.name)\(Self.text(of: $0.labels)) \(Self.number($0.value))\n" }
            lines.append((question.name, head + body.joined()))
        }
        return lines.sorted { $0.name < $1.name }.map(\.text).joined()
    }

    private static func text(of family: Family, named name: String) -> String {
        var text = head(name, family.kind, family.help)
        for (labels, series) in family.series.sorted(by: { Self.text(of: $0.key) < Self.text(of: $1.key) }) {
            switch series {
            case .counter(let counter): text += "\(name)\(Self.text(of: labels)) \(counter.value)\n"
            case .gauge(let gauge): text += "\(name)\(Self.text(of: labels)) \(gauge.value)\n"
            case .histogram(let histogram): text += Self.text(of: histogram, named: name, labels)
            }
        }
        return text
    }

    private static func text(of histogram: Histogram, named name: String, _ labels: [Label]) -> String {
        let reading = histogram.summed
        var text = ""
        for (bound, count) in zip(histogram.bounds.map(number) + ["+Inf"], reading.counts) {
            text += "\(name)_bucket\(Self.text(of: labels + [Label("le", bound)])) \(count)\n"
        }
        text += "\(name)_sum\(Self.text(of: labels)) \(number(Double(reading.nanoseconds) / 1e9))\n"
        text += "\(name)_count\(Self.text(of: labels)) \(reading.counts.last ?? 0)\n"
        return text
    }

    private static func head(_ name: String, _ kind: String, _ help: String) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    private static func text(of labels: [Label]) -> String {
        labels.isEmpty ? "" : "{\(labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ","))}"
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    /// Whole numbers without a fraction.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
    }
}
