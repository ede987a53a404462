import BSON
import FixOnCallServer
import Foundation
import RoadsideTesting
import Testing

/// The newest code of a purpose in the file where a server outside production leaves its letters.
func sentCode(to address: String, _ purpose: String = "verify") throws -> String {
    let code = try letters(to: address).last { $0["purpose"]?.string == purpose }?["code"]?.string
    return try #require(code, "no code to \(purpose) was sent to \(address)")
}

/// All letters to an address, the oldest first.
func letters(to address: String) throws -> [JSON] {
    let path = try #require(try server().services.outbox)
    let lines = try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: UInt8(ascii: "\n"))
    return try lines.map { try JSON.parse(Array($0)) }.filter { $0["address"]?.string == address }
}
