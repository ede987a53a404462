/// A message with holes, each of which takes a value of one kind.
///
/// What is filled in is text and nothing else: a value with braces in it opens no other hole.
public struct MessageTemplate: Sendable, Hashable {
    /// What may stand in a hole.
    public enum Kind: Sendable, Hashable {
        /// Visible characters, in one line unless `lines`.
        case text(max: Int, lines: Bool = false)
        /// A whole number.
        case number(ClosedRange<Int64>)
        /// `2027-03-31`.
        case day
        /// `18:30`.
        case time
    }

    public struct Parameter: Sendable, Hashable {
        public let name: String
        public let kind: Kind

        public init(_ name: String, _ kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    public let code: String
    /// With `{name}` where the parameter of that name stands.
    public let title: String
    public let text: String
    /// What apps sort messages by.
    public let topic: String
    public let parameters: [Parameter]

    /// The template of that code.
    public static func named(_ code: String) -> MessageTemplate? { all.first { $0.code == code } }

    /// Ours.
    public static let all: [MessageTemplate] = [
        MessageTemplate(
            code: "notice", title: "{title}", text: "{text}", topic: "general",
            parameters: [.init("title", .text(max: 100)), .init("text", .text(max: 2000, lines: true))]),
        MessageTemplate(
            code: "maintenance", title: "Fix On Call is away for a while",
            text: "On {day} from {from} to {until} we work on our servers. Help may take longer to ask for then.",
            topic: "maintenance", parameters: [.init("day", .day), .init("from", .time), .init("until", .time)]),
        MessageTemplate(
            code: "road_closed", title: "Road closed: {road}",
            text: "{road} is closed on {day} until {until}. Please take another way.", topic: "traffic",
            parameters: [.init("road", .text(max: 60)), .init("day", .day), .init("until", .time)]),
        MessageTemplate(
            code: "promotion", title: "{percent} % off your next service",
            text: "With the code {code} your next service costs {percent} % less, until {until}.", topic: "promotion",
            parameters: [
                .init("percent", .number(1...100)), .init("code", .text(max: 20)), .init("until", .day),
            ]),
        MessageTemplate(
            code: "busy_area", title: "Help is needed in {area}",
            text:
                "Many people in {area} wait for help today until {until}. Whoever is on duty there will be asked often.",
            topic: "demand", parameters: [.init("area", .text(max: 60)), .init("until", .time)]),
    ]
}

/// A value for a hole, as it came.
public enum TemplateValue: Sendable, Hashable {
    case text(String)
    case number(Int64)
    /// Of a kind that no hole takes.
    case other
}

/// Everything that is wrong with the values of a template.
public struct TemplateFaults: Error, Sendable, Hashable {
    public struct Fault: Sendable, Hashable {
        /// The parameter.
        public let name: String
        public let message: String
    }

    public let faults: [Fault]
}

extension MessageTemplate {
    /// The message. Values that it has no hole for are ignored.
    ///
    /// - Throws: with every value that is missing or wrong.
    public func filled(with values: [String: TemplateValue]) throws(TemplateFaults) -> (title: String, text: String) {
        var (fillings, faults): ([String: String], [TemplateFaults.Fault]) = ([:], [])
        for parameter in parameters {
            switch values[parameter.name] {
            case nil: faults.append(.init(name: parameter.name, message: "is required"))
            case let value?:
                if let text = parameter.kind.text(of: value) {
                    fillings[parameter.name] = text
                } else {
                    faults.append(.init(name: parameter.name, message: "must be \(parameter.kind.demand)"))
                }
            }
        }
        guard faults.isEmpty else { throw TemplateFaults(faults: faults) }
        return (Self.fill(title, fillings), Self.fill(text, fillings))
    }

    /// In one walk: what was filled in is not looked at again.
    private static func fill(_ pattern: String, _ fillings: [String: String]) -> String {
        var (result, rest) = ("", Substring(pattern))
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            result += fillings[String(rest[rest.index(after: open)..<close])] ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}

extension MessageTemplate.Kind {
    /// How a value of this kind is written; nil for one that is none.
    func text(of value: TemplateValue) -> String? {
        switch (self, value) {
        case (.text(let max, let lines), .text(let text)):
            let trimmed = ContactRules.trimmed(text)
            let length = trimmed.unicodeScalars.count
            let isPlain = trimmed.unicodeScalars.allSatisfy { scalar in
                lines && scalar == "\n" || !ContactRules.isTreacherous(scalar)
            }
            return (1...max).contains(length) && isPlain ? trimmed : nil
        case (.number(let range), .number(let number)): return range.contains(number) ? String(number) : nil
        case (.day, .text(let text)): return MarketCalendar(minutesFromUTC: 0).end(ofDay: text) == nil ? nil : text
        case (.time, .text(let text)): return Self.isTime(text) ? text : nil
        default: return nil
        }
    }

    /// Completes “must be …”.
    public var demand: String {
        switch self {
        case .text(let max, let lines):
            "1 to \(max) visible characters\(lines ? "" : " in one line")"
        case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .day: "a day such as 2027-03-31"
        case .time: "a time such as 18:30"
        }
    }

    private static func isTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
            [0, 1, 3, 4].allSatisfy({ (0x30...0x39).contains(bytes[$0]) })
        else { return false }
        let (hour, minute) = (Int(text.prefix(2)) ?? 24, Int(text.suffix(2)) ?? 60)
        return hour < 24 && minute < 60
    }
}
