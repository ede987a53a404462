import BSON
import Foundation
import Logging
import Realtime
import Roadside
import RoadsideRules

/// What one socket watches: the live jobs of its owner, for staff all of them.
///
/// Which jobs these are is asked when the socket goes live, and from then on said by the rows of the owner's inbox, in
/// their order: with the row that a job is taken its positions begin, with the row that it is over, or its provider another,
/// they end. So no position comes before the one or after the other.
///
/// Everything here happens on the connection's event loop; the question runs as work of the connection and comes back to it.
final class PositionWatch {
    /// Jobs that one socket watches, and so the places it has for positions that wait; for staff, many (both ours).
    private static let most = 64
    private static let mostOfStaff = 4096

    private let caller: Caller
    private let only: ObjectID?
    private let provider: ObjectID?
    private let hub: PositionHub
    private let renderer: PositionRenderer
    private let interval: Duration
    private let logger: Logger

    private var connection: SocketConnection?
    private var frames: LatestFrames<ObjectID, PositionDelivery>?
    /// What is known of a job that is watched.
    private struct Seat {
        /// Whose positions count.
        let provider: ObjectID
        /// Whether he is expected, which a server that was not told of his arrival may still say.
        let isApproach: Bool
    }

    private var watched: [ObjectID: Seat] = [:]
    /// Jobs that rows have told of since the question was asked; they know better than its answer.
    private var told: Set<ObjectID> = []
    /// Tells the answer to an earlier question from that to this one.
    private var questions = 0
    private var watchesAll = false
    private var isCounted = false

    /// - Parameters:
    ///   - only: the one job that counts; nil: all of the caller's.
    ///   - provider: the one whose positions count; nil: whoever holds a job.
    ///   - interval: between two positions of one job.
    init(
        _ caller: Caller, only: ObjectID? = nil, by provider: ObjectID? = nil, hub: PositionHub,
        renderer: PositionRenderer, interval: Duration,
        logger: Logger
    ) {
        self.caller = caller
        self.only = only
        self.provider = provider
        self.hub = hub
        self.renderer = renderer
        self.interval = interval
        self.logger = logger
    }

    func open(_ connection: SocketConnection) {
        self.connection = connection
    }

    /// The socket hears of everything from now on: what it may watch is looked up.
    func begin() {
        questions += 1
        told = []
        if caller.role.isStaff, only == nil { watchAll() }
        ask()
    }

    /// A row of the owner's inbox, when it is sent.
    func hear(_ row: InboxRow) {
        guard row.kind == .jobStatus, let job = row.body.jobID, isWanted(job), let status = row.body.status else {
            return
        }
        told.insert(job)
        if status.isLive, let provider = row.body.provider?.id, mayWatch(provider) {
            watch(job, Seat(provider: provider, isApproach: status.isApproach))
            // He may have reported one while the row was on its way.
            if let last = hub.live.last(of: job) { receive(.moved(PositionDelivery(last))) }
        } else {
            leave(job)
        }
    }

    func becameWritable() {
        frames?.becameWritable()
    }

    func close() {
        if isCounted { hub.live.leave() }
        (connection, frames, isCounted) = (nil, nil, false)
        watched = [:]
    }

    private func isWanted(_ job: ObjectID) -> Bool { only == nil || only == job }

    /// A provider watches himself, and nobody who has taken his job over.
    private func mayWatch(_ provider: ObjectID) -> Bool {
        if let wanted = self.provider, wanted != provider { return false }
        return caller.role != .provider || provider == caller.userID
    }
}

// What is watched.
extension PositionWatch {
    private func ask() {
        guard let connection else { return }
        let (live, caller, logger, question) = (hub.live, caller, logger, questions)
        let back = LoopReturn(to: self, on: connection)
        connection.run {
            do throws(RoadsideError) {
                let jobs = try await live.jobs(for: caller)
                back.execute { if $0.questions == question { $0.took(jobs) } }
            } catch {
                logger.warning("A socket cannot be told yet what to watch", metadata: ["error": "\(error)"])
                connection.schedule(after: .seconds(1)) {
                    back.execute { if $0.questions == question { $0.ask() } }
                }
            }
        }
    }

    private func took(_ jobs: [WatchedJob]) {
        let now = Set(jobs.map(\.jobID))
        for job in watched.keys where !now.contains(job) && !told.contains(job) { leave(job) }
        for job in jobs where mayWatch(job.providerID) && isWanted(job.jobID) {
            if !told.contains(job.jobID) {
                watch(job.jobID, Seat(provider: job.providerID, isApproach: job.isApproach))
            }
            // What was reported while the question was under way is in memory, and may have been told before this.
            let known = [job.last, hub.live.last(of: job.jobID)].compactMap(\.self)
            if let newest = known.max(by: { $0.fix.at < $1.fix.at }) { receive(.moved(PositionDelivery(newest))) }
        }
    }

    private func watch(_ job: ObjectID, _ seat: Seat) {
        guard let connection, !watchesAll, watched[job] != nil || watched.count < Self.most else { return }
        count()
        let former = watched.updateValue(seat, forKey: job)
        // The next provider's clock is his own.
        if let former, former.provider != seat.provider { frames?.forget(job) }
        if former == nil { hub.subscribe(connection, to: job) { [weak self] in self?.receive($0) } }
    }

    private func leave(_ job: ObjectID) {
        frames?.forget(job)
        guard let connection, watched.removeValue(forKey: job) != nil else { return }
        hub.unsubscribe(connection, from: job)
    }

    private func watchAll() {
        guard let connection, !watchesAll else { return }
        watchesAll = true
        count()
        hub.subscribe(connection, to: nil) { [weak self] in self?.receive($0) }
    }

    private func count() {
        guard !isCounted else { return }
        isCounted = true
        hub.live.enter()
    }

    private func receive(_ news: PositionHub.News) {
        switch news {
        case .over(let job): frames?.forget(job)
        case .moved(let delivery):
            let position = delivery.position
            guard watchesAll || watched[position.jobID]?.provider == position.providerID else { return }
            places()?.offer(delivery, for: position.jobID, order: position.fix.at.millisecondsSince1970)
        }
    }

    /// Made for the first position: most sockets never get one.
    private func places() -> LatestFrames<ObjectID, PositionDelivery>? {
        guard frames == nil, let connection else { return frames }
        frames = LatestFrames(
            on: connection, interval: interval, limit: watchesAll ? Self.mostOfStaff : Self.most
        ) { [renderer, weak self] in
            $0.frame(in: renderer, isExpected: self?.watched[$0.position.jobID]?.isApproach ?? true)
        }
        return frames
    }
}
