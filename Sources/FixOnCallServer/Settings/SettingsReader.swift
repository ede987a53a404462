import Configuration
import SystemPackage

/// Looks settings up by key and by every name a source document gives them, and collects all faults before anybody fails.
///
/// Order: command line, environment, `.env`, `Config/<environment>.json`, `Config/default.json`, the default in the code.
struct SettingsReader {
    /// Where a value came from, for `fixoncall config check`.
    struct Origin: Sendable {
        let key: String
        let source: String
    }

    private(set) var faults: [String] = []
    private(set) var origins: [Origin] = []
    /// Every name that was looked up, so that the command line can be told of those that mean nothing.
    private(set) var known: Set<String> = []
    private let named: [(source: String, reader: ConfigReader)]
    private let files: [(source: String, reader: ConfigReader)]

    init(named: [(source: String, reader: ConfigReader)], files: [(source: String, reader: ConfigReader)]) {
        self.named = named
        self.files = files
    }

    /// A fault found while looking at values together.
    mutating func fault(_ text: String) { faults.append(text) }

    /// A text under `key`, or under one of the variable `names`; an empty text counts as unset, as `.env` templates have it.
    mutating func text(_ key: String, names: [String] = []) -> String? {
        let names = spellings(of: key, names)
        for (source, reader) in named {
            for name in names {
                if let value = reader.string(forKey: ConfigKey(name)), !value.isEmpty {
                    origins.append(
                        Origin(key: key, source: name == key ? source : "\(source) (\(Self.variable(of: name)))"))
                    return value
                }
            }
        }
        for (source, reader) in files {
            if let value = reader.string(forKey: ConfigKey(key)), !value.isEmpty {
                origins.append(Origin(key: key, source: source))
                return value
            }
        }
        origins.append(Origin(key: key, source: "default"))
        return nil
    }

    mutating func read(_ key: String, names: [String] = [], into value: inout String) {
        if let text = text(key, names: names) { value = text }
    }

    mutating func read(_ key: String, names: [String] = [], into value: inout String?) {
        if let text = text(key, names: names) { value = text }
    }

    /// A whole number within `range`.
    mutating func read(_ key: String, names: [String] = [], in range: ClosedRange<Int>, into value: inout Int) {
        guard let found = number(key, names: names, "a whole number", { Int($0) }, { $0.int(forKey: ConfigKey(key)) })
        else { return }
        if range.contains(found) {
            value = found
        } else {
            faults.append("\(key) must be between \(range.lowerBound) and \(range.upperBound), not \(found)")
        }
    }

    /// A number within `range`.
    mutating func read(_ key: String, names: [String] = [], in range: ClosedRange<Double>, into value: inout Double) {
        guard let found = number(key, names: names, "a number", { Double($0) }, { $0.double(forKey: ConfigKey(key)) })
        else {
            return
        }
        if range.contains(found) {
            value = found
        } else {
            faults.append("\(key) must be between \(range.lowerBound) and \(range.upperBound), not \(found)")
        }
    }

    /// `true/false`, `yes/no`, `on/off`, `1/0`, in any case.
    mutating func read(_ key: String, names: [String] = [], into value: inout Bool) {
        if let found = number(key, names: names, "true or false", Self.truth(of:), { $0.bool(forKey: ConfigKey(key)) })
        {
            value = found
        }
    }

    private mutating func number<Value>(
        _ key: String, names: [String], _ kind: String, _ parse: (String) -> Value?, _ typed: (ConfigReader) -> Value?
    ) -> Value? {
        let names = spellings(of: key, names)
        for (source, reader) in named {
            for name in names {
                guard let text = reader.string(forKey: ConfigKey(name)), !text.isEmpty else { continue }
                guard let value = parse(text) else {
                    let asked = source == Self.commandLine ? name : Self.variable(of: name)
                    faults.append("\(asked) must be \(kind)")
                    return nil
                }
                origins.append(
                    Origin(key: key, source: name == key ? source : "\(source) (\(Self.variable(of: name)))"))
                return value
            }
        }
        for (source, reader) in files {
            if let value = typed(reader) {
                origins.append(Origin(key: key, source: source))
                return value
            }
        }
        origins.append(Origin(key: key, source: "default"))
        return nil
    }

    private mutating func spellings(of key: String, _ names: [String]) -> [String] {
        let spellings = [key] + names.map(Self.key(of:))
        known.formUnion(spellings)
        return spellings
    }

    static let commandLine = "command line"

    private static func truth(of text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }

    /// `MONGO_URI` is looked up as `mongo.uri`, which is how the library spells variables.
    private static func key(of variable: String) -> String {
        variable.lowercased().replacing("_", with: ".")
    }

    private static func variable(of key: String) -> String {
        key.uppercased().replacing(".", with: "_")
    }
}
