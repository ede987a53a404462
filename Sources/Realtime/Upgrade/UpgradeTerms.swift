import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore

/// What all connections of one server share.
struct UpgradeTerms: Sendable {
    let sockets: SocketLimits
    let http: HTTPLimits
    let isSecure: Bool
    let refusalBody: RefusalBody
    let malformed: UpgradeFaultResponder
    let decide: UpgradeDecider
    let places: SocketPlaces
    let admission: UpgradeAdmission
    let drain: SocketDrain
    let wheels = TimerWheels()

    init(
        sockets: SocketLimits, places: SocketPlaces? = nil, http: HTTPLimits, isSecure: Bool,
        refusalBody: @escaping RefusalBody = plainRefusalBody,
        malformed: @escaping UpgradeFaultResponder, decide: @escaping UpgradeDecider
    ) {
        (self.sockets, self.http, self.isSecure) = (sockets, http, isSecure)
        (self.refusalBody, self.malformed, self.decide) = (refusalBody, malformed, decide)
        self.places = places ?? SocketPlaces(sockets)
        admission = UpgradeAdmission(sockets)
        drain = SocketDrain(sockets)
    }
}
