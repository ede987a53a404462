import BSON
import Foundation

/// The repository's reference data without hours and days of their own price, so that a test costs at night what it costs
/// at noon.
enum DaytimeReference {
    /// A copy of the folder, made anew by every process that runs tests.
    static func copy(of folder: String) throws -> String {
        let copy = NSTemporaryDirectory() + "reference-\(ObjectID())"
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
        let path = URL(fileURLWithPath: "\(copy)/pricing.json")
        let rules = try JSON.parse(try Data(contentsOf: path)).adding("hours", []).adding("holidays", [])
        try Data(rules.bytes()).write(to: path)
        return copy
    }
}
