import Crypto
import Foundation

/// What a client says of the device it runs on: enough to tell the repeat of its own request from somebody else's. Only a
/// hash is kept.
public struct DeviceBinding: Sendable, Hashable {
    /// What the database holds.
    let mark: String

    /// - Parameter text: whatever the client sends alike with every request; nil when it says nothing.
    public init(_ text: String? = nil) {
        mark = Data(SHA256.hash(data: Data((text ?? "").utf8))).base64EncodedString()
    }
}
