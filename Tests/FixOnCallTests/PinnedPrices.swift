import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing

/// The repository's reference data with fuel prices of its own: the real ones change every month.
enum PinnedPrices {
    static let petrol = "180.66"
    static let diesel = "168.06"

    /// The folder, made once for each run of the tests.
    static let folder: String = {
        let folder = NSTemporaryDirectory() + "reference-\(ObjectID())"
        do {
            try copy(to: folder, version: 1, petrol: petrol)
            return folder
        } catch {
            Issue.record("the reference data cannot be copied: \(error)")
            return TestServer.reference
        }
    }()

    /// A copy whose fuels have another version and another price of petrol.
    static func copy(to folder: String, version: Int64, petrol: String) throws {
        try FileManager.default.copyItem(atPath: TestServer.reference, toPath: folder)
        let path = URL(fileURLWithPath: "\(folder)/\(ReferenceFile.fuels.name)")
        var file = try JSON.parse(try Data(contentsOf: path))
        let prices = ["petrol": petrol, "diesel": diesel]
        file.add("version", .int(version))
        let fuels = (file["fuels"]?.array ?? []).map { fuel in
            fuel.adding("price_per_litre", .string(prices[fuel["code"]?.string ?? ""] ?? "1.00"))
        }
        file.add("fuels", .array(fuels))
        try Data(file.bytes()).write(to: path)
    }
}
