import BSON
import Blueprint
import Hummingbird
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb
import Synchronization

/// Where drivers are: said by them, and watched by users (A11–A13).
struct LocationSockets: Sendable {
    let desk: TripDesk
    let dialogues: Dialogues

    func record(in sockets: inout Blueprint<WebContext>) {
        sockets.socket(
            Toota.Path.driverLocation, name: "driver_location", .toota("Say where one is, as a driver", [.provider]),
            handler: driver)
        sockets.socket(
            Toota.Path.watchDriver, name: "watch_driver",
            .toota("Where a driver of one's own trip is", [.customer], refusals: [404]), handler: user)
    }

    @Sendable private func driver(_ request: Request, _ context: WebContext) async throws -> any Sendable {
        let (caller, tracking) = (try context.only(.provider), desk.roadside.tracking)
        var dialogue = Dialogue(caller: caller, refused: TripRefusal.encoded)
        dialogue.applicationPing = dialogues.applicationPing
        dialogue.received = { json async throws(RoadsideError) in
            let position = try LocationBody(json).position
            let profile = try await tracking.report(position, by: caller)
            let sighting = ProviderSighting(oneself: profile)
            return [EncodedFrame(DriverView.location(sighting, at: position.point))]
        }
        return dialogues.accept(dialogue)
    }

    /// Only a driver whom the watcher has to do with (K37): before he has accepted, masked and about where he is, looked at
    /// every few seconds; from then on as he moves.
    @Sendable private func user(_ request: Request, _ context: WebContext) async throws -> any Sendable {
        let (caller, tracking) = (try context.only(.customer), desk.roadside.tracking)
        guard let reference = context.routing.parameters["driver_id"].flatMap(Reference.init) else {
            throw RoadsideError.notFound("Driver")
        }
        let watched = WatchedDriver(try await tracking.sighting(of: reference, for: caller))
        let driver = Reference.id(watched.id)
        let look = { @Sendable () async throws(RoadsideError) -> [EncodedFrame] in
            watched.seen(try await tracking.sighting(of: driver, for: caller)).map { EncodedFrame($0) }
        }
        var dialogue = Dialogue(caller: caller, routes: [.customerJobs], refused: TripRefusal.encoded)
        dialogue.applicationPing = dialogues.applicationPing
        dialogue.opened = { watched.first().map { EncodedFrame($0) } }
        dialogue.row = { row async throws(RoadsideError) in
            // With his yes he is shown as he is, before his first position comes.
            guard row.kind == .jobStatus, row.body.provider?.id == watched.id else { return [] }
            return try await look()
        }
        dialogue.look = Dialogue.Look(every: Self.interval, look)
        dialogue.positions = Dialogue.Positions("toota.\(ObjectID().hex)", by: watched.id) {
            EncodedFrame(watched.frame(at: $0.fix.point))
        }
        return dialogues.accept(dialogue)
    }

    /// A driver who only waits moves little, and nobody is to follow him. Ours.
    private static let interval = Duration.seconds(5)
}

/// What one watcher knows of the driver he watches.
private final class WatchedDriver: Sendable {
    private let known: Mutex<ProviderSighting>
    let id: ObjectID

    init(_ sighting: ProviderSighting) {
        id = sighting.id
        known = Mutex(sighting)
    }

    func first() -> [JSON] { known.withLock { Self.frames($0) } }

    /// - Returns: nothing when nothing has changed, or when positions come by themselves.
    func seen(_ sighting: ProviderSighting) -> [JSON] {
        known.withLock { known in
            let before = known
            known = sighting
            return before == sighting || (before.isOpen && sighting.isOpen) ? [] : Self.frames(sighting)
        }
    }

    func frame(at point: GeoPoint) -> JSON { known.withLock { DriverView.location($0, at: point) } }

    private static func frames(_ sighting: ProviderSighting) -> [JSON] {
        sighting.location.map { [DriverView.location(sighting, at: $0)] } ?? []
    }
}

/// A11: where a driver is; heading, speed and accuracy may come with it.
struct LocationBody {
    let position: Position

    init(_ json: JSON) throws(RoadsideError) {
        var fields = Fields(json)
        let point = fields.point()
        let (heading, speed) = (fields.optionalNumber("heading"), fields.optionalNumber("speed"))
        let accuracy = fields.optionalNumber("accuracy")
        try fields.finish()
        guard let point else { throw .validation([]) }
        position = Position(point: point, heading: heading, speed: speed, accuracy: accuracy)
    }
}
