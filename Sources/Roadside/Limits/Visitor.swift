import Crypto
import Foundation

/// Where a request comes from, as far as limits care: the network's side, and the device.
public struct Visitor: Sendable {
    /// Nil for the machine itself, and where nobody knows: whoever stands behind a proxy of ours that was not named as
    /// one would share one address with everybody.
    let address: NetworkAddress?
    /// By which an account knows a device again that has signed in before. A hash; nil for who says nothing of himself.
    let mark: String?
    /// Whether the device said its name itself. Only that is his own; a program in a neighbourhood is many people's.
    let isNamed: Bool

    /// Nobody in particular: he is counted by account alone.
    public init() {
        address = nil
        mark = nil
        isNamed = false
    }

    /// - Parameters:
    ///   - address: of the client, not of a proxy.
    ///   - device: the name that an app gives its device, alike with every request.
    ///   - program: the `User-Agent`. Many have the same, so it tells a device only together with where it is,
    ///     and nothing where that is not known.
    public init(address: NetworkAddress?, device: String?, program: String?) {
        let address = address.flatMap { $0.isLoopback ? nil : $0 }
        self.address = address
        isNamed = device != nil
        var description = device.map { "device\u{0}\($0)" }
        if description == nil, let program, let address {
            description = "program\u{0}\(program)\u{0}\(address.neighbourhood.key)"
        }
        mark = description.map { Data(SHA256.hash(data: Data($0.utf8))).base64EncodedString() }
    }
}
