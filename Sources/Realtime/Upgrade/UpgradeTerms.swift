import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// What all connections of one server share.
struct UpgradeTerms: Sendable {
    let sockets: SocketLimits
    let http: HTTPLimits
    let isSecure: Bool
    let places: SocketCount
    var refusalBody = plainRefusalBody
    let malformed: UpgradeFaultResponder
    let decide: UpgradeDecider
}
