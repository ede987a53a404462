import BSON
import Foundation
import RoadsideRules

/// The reference data of the repository, as it is and spoilt.
enum ReferenceSamples {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Config/reference")

    static func file(_ file: ReferenceFile) throws -> JSON {
        try JSON.parse(Array(try Data(contentsOf: folder.appendingPathComponent(file.name))))
    }

    static func data() throws -> ReferenceData { try data { _, json in json } }

    /// - Parameter change: each file before it is read.
    static func data(_ change: (ReferenceFile, JSON) -> JSON) throws -> ReferenceData {
        var files: [ReferenceFile: JSON] = [:]
        for name in ReferenceFile.allCases { files[name] = change(name, try file(name)) }
        return try ReferenceData { files[$0] ?? [:] }
    }

    /// What is said of the repository's files after one of them was changed.
    static func faults(in file: ReferenceFile, _ change: (JSON) -> JSON) throws -> [String] {
        do {
            _ = try data { $0 == file ? change($1) : $1 }
            return []
        } catch let faults as ReferenceFaults {
            return faults.faults.map(\.description)
        }
    }
}

extension JSON {
    /// With another value at a place: names of members and positions in arrays. A nil value takes the member away.
    func with(_ value: JSON?, at path: [String]) -> JSON {
        guard let name = path.first else { return value ?? .null }
        let rest = Array(path.dropFirst())
        if case .array(var items) = self, let index = Int(name) {
            if index == items.count { items.append(.null) }
            items[index] = items[index].with(value, at: rest)
            return .array(items)
        }
        if rest.isEmpty, value == nil { return .object((object ?? []).filter { $0.name != name }) }
        return adding(name, (self[name] ?? [:]).with(value, at: rest))
    }

    func with(_ value: JSON?, at path: String) -> JSON { with(value, at: path.split(separator: ".").map(String.init)) }
}
