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
    let refused: RefusalWitness
    let malformed: UpgradeFaultResponder
    let decide: UpgradeDecider
    let places: SocketPlaces
    let admission: UpgradeAdmission
    let drain: SocketDrain
    let wheels = TimerWheels()

    init(
        sockets: SocketLimits, places: SocketPlaces? = nil, http: HTTPLimits, isSecure: Bool,
        refusalBody: @escaping RefusalBody = plainRefusalBody, refused: @escaping RefusalWitness = { _, _ in },
        malformed: @escaping UpgradeFaultResponder, decide: @escaping UpgradeDecider
    ) {
        (self.sockets, self.http, self.isSecure) = (sockets, http, isSecure)
        (self.refusalBody, self.refused) = (refusalBody, refused)
        (self.malformed, self.decide) = (malformed, decide)
        self.places = places ?? SocketPlaces(sockets)
        admission = UpgradeAdmission(sockets)
        drain = SocketDrain(sockets)
    }
}
