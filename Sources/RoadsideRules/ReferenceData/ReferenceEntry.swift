import BSON

/// Reads one object of a reference file member by member, collects every fault, and takes offence at members it does not
/// know: a misspelt one would otherwise be silently without effect.
struct ReferenceEntry {
    let file: String
    let place: String
    private let prefix: String
    private let members: [String: JSON]
    private var asked: Set<String> = []
    private(set) var faults: [ReferenceFault] = []

    /// - Parameter prefix: put before the names of members, for an object within an entry: `tariff.`.
    init(_ json: JSON, file: String, place: String = "", prefix: String = "") {
        (self.file, self.place, self.prefix) = (file, place, prefix)
        members = Dictionary((json.object ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
        if json.object == nil {
            faults = [
                ReferenceFault(
                    file: file, entry: place, member: String(prefix.dropLast()), problem: "must be an object")
            ]
        }
    }

    /// Every fault, the members nobody asked for included. Call it last.
    func finish() -> [ReferenceFault] {
        faults
            + members.keys.filter { !asked.contains($0) }.sorted().map {
                ReferenceFault(file: file, entry: place, member: prefix + $0, problem: "is not a known member")
            }
    }

    mutating func fault(_ member: String, _ problem: String) {
        faults.append(ReferenceFault(file: file, entry: place, member: prefix + member, problem: problem))
    }

    mutating func has(_ name: String) -> Bool {
        asked.insert(name)
        return members[name] != nil
    }

    /// The one shape of every read; `fallback` stands in for what cannot be used, together with a fault.
    private mutating func read<T>(_ name: String, _ kind: String, or fallback: T, _ convert: (JSON) -> T?) -> T {
        asked.insert(name)
        guard let json = members[name] else {
            fault(name, "is missing: it must be \(kind)")
            return fallback
        }
        guard let value = convert(json) else {
            fault(name, "must be \(kind)")
            return fallback
        }
        return value
    }

    mutating func text(_ name: String, max: Int = 100) -> String {
        read(name, "a text of 1 to \(max) characters", or: "") {
            $0.string.flatMap { text in
                text.contains { !$0.isWhitespace } && text.unicodeScalars.count <= max ? text : nil
            }
        }
    }

    mutating func code(_ name: String) -> String {
        read(name, Self.codeKind, or: "", Self.code)
    }

    mutating func codes(_ name: String) -> [String] {
        read(name, "an array, each of \(Self.codeKind)", or: []) { json in
            json.array.flatMap { items in
                let codes = items.compactMap(Self.code)
                return codes.count == items.count ? codes : nil
            }
        }
    }

    /// Words of providers, in any spelling.
    mutating func words(_ name: String) -> [String] {
        read(name, "an array of words", or: []) { json in
            json.array.flatMap { items in
                let words = items.compactMap(\.string).filter { !Capabilities.normalized($0).isEmpty }
                return words.count == items.count ? words : nil
            }
        }
    }

    mutating func flag(_ name: String) -> Bool {
        read(name, "true or false", or: false, \.bool)
    }

    mutating func whole(_ name: String, in range: ClosedRange<Int64>) -> Int64 {
        read(name, "a whole number from \(range.lowerBound) to \(range.upperBound)", or: range.lowerBound) { json in
            guard case .int(let number) = json, range.contains(number) else { return nil }
            return number
        }
    }

    /// One of the words of an enumeration.
    mutating func word<T: RawRepresentable & CaseIterable>(_ name: String, or fallback: T) -> T
    where T.RawValue == String {
        let known = T.allCases.map(\.rawValue).joined(separator: ", ")
        return read(name, "one of \(known)", or: fallback) { $0.string.flatMap(T.init(rawValue:)) }
    }

    /// An exact amount, as text: `"1500.00"`.
    mutating func amount(_ name: String, _ currency: Currency, positive: Bool = false) -> Money {
        let sample = Money(minorUnits: 150_000, currency).amount
        let kind = positive ? "an amount above zero such as \"\(sample)\"" : "an amount such as \"\(sample)\""
        return read(name, kind, or: Money(minorUnits: 0, currency)) { json in
            json.string.flatMap { Money(amount: $0, currency) }.flatMap { positive && $0.minorUnits == 0 ? nil : $0 }
        }
    }

    /// The outline of a place, longitude first as in GeoJSON: at least three corners, each given once.
    mutating func corners(_ name: String) -> [GeoPoint] {
        read(name, "an array of at least three corners [longitude, latitude]", or: []) { json in
            let corners = (json.array ?? []).compactMap { corner -> GeoPoint? in
                guard let pair = corner.array, pair.count == 2, let longitude = pair[0].double,
                    let latitude = pair[1].double
                else { return nil }
                return GeoPoint(latitude: latitude, longitude: longitude)
            }
            return corners.count >= 3 && corners.count == json.array?.count ? corners : nil
        }
    }

    /// An object within this entry.
    mutating func object<T>(_ name: String, _ body: (inout ReferenceEntry) -> T) -> T? {
        asked.insert(name)
        guard let json = members[name] else {
            fault(name, "is missing: it must be an object")
            return nil
        }
        var inner = ReferenceEntry(json, file: file, place: place, prefix: "\(prefix)\(name).")
        guard inner.faults.isEmpty else {
            faults += inner.faults
            return nil
        }
        let value = body(&inner)
        faults += inner.finish()
        return value
    }

    /// The entries of a list, each under its own name; at least one.
    mutating func entries<T>(_ name: String, canBeEmpty: Bool = false, _ body: (inout ReferenceEntry) -> T) -> [T] {
        let items = read(name, canBeEmpty ? "an array" : "an array with at least one entry", or: []) { json in
            json.array.flatMap { canBeEmpty || !$0.isEmpty ? $0 : nil }
        }
        return items.enumerated().map { index, json in
            let label = json["code"]?.string.map { " (\($0.prefix(40)))" } ?? ""
            var entry = ReferenceEntry(json, file: file, place: "\(name)[\(index)]\(label)")
            let value = body(&entry)
            faults += json.object == nil ? entry.faults.prefix(1) : entry.finish()[...]
            return value
        }
    }

    private static let codeKind = "a code of at most 40 small letters, digits and underscores"

    private static func code(_ json: JSON) -> String? {
        json.string.flatMap { text in
            let isPlain = text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
            return isPlain && !text.isEmpty && text.utf8.count <= 40 && Capabilities.normalized(text) == text
                ? text : nil
        }
    }
}
