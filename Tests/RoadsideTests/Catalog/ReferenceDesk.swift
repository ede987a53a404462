import BSON
import Foundation
import RoadsideRules

@testable import Roadside

/// A copy of the repository's reference data that a test may change.
struct ReferenceDesk {
    private let path = NSTemporaryDirectory() + "reference-\(ObjectID())"

    init() throws {
        try FileManager.default.copyItem(atPath: JobsWorld.reference, toPath: path)
    }

    func clear() { try? FileManager.default.removeItem(atPath: path) }

    /// Runs a test with a copy, and throws it away behind it.
    static func with(_ work: (ReferenceDesk) async throws -> Void) async throws {
        let desk = try ReferenceDesk()
        defer { desk.clear() }
        try await work(desk)
    }

    func folder() throws -> ReferenceFolder { try ReferenceFolder(contentsOf: path) }

    func remove(_ file: ReferenceFile) throws { try FileManager.default.removeItem(atPath: "\(path)/\(file.name)") }

    func write(_ file: ReferenceFile, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(file.name)"))
    }

    /// Replaces text in a file; the version stays what it is.
    func edit(_ file: ReferenceFile, _ old: String, _ new: String) throws {
        let text = try String(contentsOfFile: "\(path)/\(file.name)", encoding: .utf8)
        guard text.contains(old) else { throw RoadsideError(.notFound, "\(old) is not in \(file.name)") }
        try write(file, text.replacing(old, with: new))
    }

    /// Another version of the pricing rules.
    func changePricing(to version: Int64, _ change: (JSON) -> JSON) throws {
        let path = URL(fileURLWithPath: "\(path)/\(ReferenceFile.pricing.name)")
        let rules = change(try JSON.parse(try Data(contentsOf: path))).adding("version", .int(version))
        try Data(rules.bytes()).write(to: path)
    }

    func setVersion(_ file: ReferenceFile, _ version: Int64) throws {
        let known = try ReferenceFolder(contentsOf: JobsWorld.reference).version(of: file)
        try edit(file, "\"version\": \(known)", "\"version\": \(version)")
    }

    /// Adds an entry to the service types under a higher version.
    func add(_ entry: String, version: Int64 = 500) throws {
        try setVersion(.serviceTypes, version)
        try edit(.serviceTypes, "\"service_types\": [", "\"service_types\": [\(entry),")
    }

    static let winching = """
        {
          "code": "winching", "title": "Winching", "family": "repair", "capability": "winch_out",
          "skills": ["off road rescue"], "general": false, "needs_destination": false,
          "tariff": {
            "call_out": "2500.50", "free_metres": 0, "per_kilometre": "60.00", "per_loaded_kilometre": "0.00"
          }
        }
        """
}
