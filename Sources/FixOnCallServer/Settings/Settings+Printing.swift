import Foundation
import Logging

/// The effective configuration as lines of `key = value`, secrets as `***`.
extension Settings {
    /// Key and printable value of every setting, in reading order.
    public var printable: [(key: String, value: String)] {
        func secret(_ text: String?) -> String { text == nil ? "(unset)" : "***" }
        return [
            ("fixoncall.env", environment.rawValue),
            ("http.host", http.host),
            ("http.port", "\(http.port)"),
            ("http.extraPorts", http.extraPorts.map(String.init).joined(separator: ",")),
            ("mongo.uri", mongo.uri.map(Self.withoutCredentials) ?? "(own mongod)"),
            ("mongo.database", mongo.database),
            ("mongo.workers", "\(mongo.workers)"),
            ("mongo.queue", "\(mongo.queue)"),
            ("state.directory", state.directory),
            ("state.seeds", state.seeds),
            ("secrets.jwt", secret(secrets.jwt)),
            ("secrets.pepper", secret(secrets.pepper)),
            ("secrets.encryption", secret(secrets.encryption)),
            ("secrets.bootstrapAdmin", secret(secrets.bootstrapAdmin)),
            ("accounts.accessMinutes", "\(accounts.accessMinutes)"),
            ("accounts.refreshDays", "\(accounts.refreshDays)"),
            ("accounts.bcryptCost", "\(accounts.bcryptCost)"),
            ("providers.autoVerify", "\(providers.autoVerify)"),
            ("providers.requiredDocuments", providers.requiredDocuments.joined(separator: ",")),
            ("providers.dutyHours", "\(providers.dutyHours)"),
            ("providers.offlineSeconds", "\(providers.offlineSeconds)"),
            ("jobs.startOTP", jobs.startOTP),
            ("jobs.waitMinutes", "\(jobs.waitMinutes)"),
            ("tracking.staleSeconds", "\(tracking.staleSeconds)"),
            ("tracking.silentSeconds", "\(tracking.silentSeconds)"),
            ("tracking.stallMetres", "\(tracking.stallMetres)"),
            ("tracking.stallMinutes", "\(tracking.stallMinutes)"),
            ("tracking.lateMinutes", "\(tracking.lateMinutes)"),
            ("tracking.nearMetres", "\(tracking.nearMetres)"),
            ("tracking.departMetres", "\(tracking.departMetres)"),
            ("tracking.arrivalMetres", "\(tracking.arrivalMetres)"),
            ("tracking.arrivalSeconds", "\(tracking.arrivalSeconds)"),
            ("tracking.arrivalAccuracy", "\(tracking.arrivalAccuracy)"),
            ("tracking.autoArrive", "\(tracking.autoArrive)"),
            ("tracking.etaSeconds", "\(tracking.etaSeconds)"),
            ("routing.osrm", routing.osrm.map(Self.withoutCredentials) ?? "(built-in estimate)"),
            ("routing.timeoutMilliseconds", "\(routing.timeoutMilliseconds)"),
            ("bookings.leadMinutes", "\(bookings.leadMinutes)"),
            ("bookings.bufferMinutes", "\(bookings.bufferMinutes)"),
            ("bookings.holdAheadMinutes", "\(bookings.holdAheadMinutes)"),
            ("dispatch.startKm", "\(dispatch.startKm)"),
            ("dispatch.stepKm", "\(dispatch.stepKm)"),
            ("dispatch.maxKm", "\(dispatch.maxKm)"),
            ("dispatch.ringSeconds", "\(dispatch.ringSeconds)"),
            ("dispatch.searchSeconds", "\(dispatch.searchSeconds)"),
            ("dispatch.fanOut", "\(dispatch.fanOut)"),
            ("dispatch.pickSeconds", "\(dispatch.pickSeconds)"),
            ("dispatch.mode", dispatch.mode),
            ("dispatch.matching", dispatch.matching),
            ("dispatch.staggerSeconds", "\(dispatch.staggerSeconds)"),
            ("dispatch.offerSeconds", "\(dispatch.offerSeconds)"),
            ("dispatch.roundSeconds", "\(dispatch.roundSeconds)"),
            ("dispatch.traceDays", "\(dispatch.traceDays)"),
            ("idempotency.keepHours", "\(idempotency.keepHours)"),
            ("idempotency.leaseSeconds", "\(idempotency.leaseSeconds)"),
            ("uploads.perDay", "\(uploads.perDay)"),
            ("sockets.expiryGraceSeconds", "\(sockets.expiryGraceSeconds)"),
            ("sockets.pingSeconds", "\(sockets.pingSeconds)"),
            ("sockets.shiftPingSeconds", "\(sockets.shiftPingSeconds)"),
            ("sockets.pongSeconds", "\(sockets.pongSeconds)"),
            ("sockets.stallSeconds", "\(sockets.stallSeconds)"),
            ("sockets.places", "\(sockets.places)"),
            ("sockets.perUser", "\(sockets.perUser)"),
            ("sockets.auditSeconds", "\(sockets.auditSeconds)"),
            ("sockets.canarySeconds", "\(sockets.canarySeconds)"),
            ("sockets.handshakesPerSecond", "\(sockets.handshakesPerSecond)"),
            ("sockets.commentSeconds", "\(sockets.commentSeconds)"),
            ("sockets.resumeMilliseconds", "\(sockets.resumeMilliseconds)"),
            ("sockets.positionMilliseconds", "\(sockets.positionMilliseconds)"),
            ("sockets.failuresPerSecond", "\(sockets.failuresPerSecond)"),
            ("sockets.queryToken", "\(sockets.queryToken)"),
            ("sockets.origins", sockets.origins.joined(separator: ",")),
            ("docs.enabled", "\(docs.enabled)"),
            ("docs.files", docs.files),
            ("simulation.factor", "\(simulation.factor)"),
            ("log.level", log.level.rawValue),
        ]
    }

    /// The address without user and password.
    private static func withoutCredentials(_ uri: String) -> String {
        guard let scheme = uri.range(of: "://"), let at = uri[scheme.upperBound...].lastIndex(of: "@") else {
            return uri
        }
        return uri[..<scheme.upperBound] + "***@" + uri[uri.index(after: at)...]
    }
}
