import BSON
import Logging
import Realtime
import Roadside
import RoadsideRules
import RoadsideWeb
import Synchronization

/// One ride on one socket: what its passenger says, and what he hears.
final class Ride: Sendable {
    private let id: RideID
    private let caller: Caller
    private let roadside: Roadside
    private let options: CareConnect.Options
    private let logger: Logger
    private let tale = Mutex(RideTale())
    /// What the ride has become, once that is known: a name is one job's for good.
    private let jobID = Mutex<ObjectID?>(nil)

    init(_ id: RideID, of caller: Caller, _ roadside: Roadside, _ options: CareConnect.Options, logger: Logger) {
        (self.id, self.caller) = (id, caller)
        (self.roadside, self.options, self.logger) = (roadside, options, logger)
    }

    /// The first frames: a greeting and, of a ride that was asked for before, where it stands.
    func greet() async throws(RoadsideError) -> [EncodedFrame] {
        logger.info("A socket was opened for a ride", metadata: ["ride": "\(id.text)"])
        return [EncodedFrame(RideFrames.connected(id))] + (try await recap() ?? [])
    }

    /// What a row of the passenger's inbox says of this ride.
    func hear(_ row: InboxRow) async throws(RoadsideError) -> [EncodedFrame] {
        guard row.kind == .jobStatus, let about = row.body.jobID else { return [] }
        // Other rides of his have sockets of their own.
        guard about == jobID.withLock({ $0 }) ?? about else { return [] }
        let job = try await roadside.jobs.job(.id(about), for: caller)
        guard job.channel == CareConnect.name, job.clientReference == id.text else { return [] }
        jobID.withLock { $0 = job.id }
        // Read before anything counts as told: a row whose frames could not be made is put into words once more.
        let next = tale.withLock { $0 }.next(job.status, by: job.assignedTo, version: job.version)
        let vehicle = next.contains(.assigned) ? try await vehicle(of: job.provider) : nil
        let parts = tale.withLock { $0.goOn(to: job.status, by: job.assignedTo, version: job.version) }
        return frames(parts, of: job, vehicle)
    }

    /// What the passenger says. What comes of it, he hears by his inbox, in its order.
    func answer(_ json: JSON) async throws(RoadsideError) -> [EncodedFrame] {
        switch try RideMessage(json) {
        case .findDriver(let body): try await find(body)
        case .cancelRide: try await cancel()
        }
    }

    private func find(_ body: FindDriverBody) async throws(RoadsideError) -> [EncodedFrame] {
        logger.info("A driver is looked for", metadata: ["ride": "\(id.text)"])
        if let phone = body.passengerPhone { try await roadside.accounts.note(phone: phone, ofGuest: caller) }
        let opened = try await roadside.jobs.open(body.request(for: id, options), by: caller)
        jobID.withLock { $0 = opened.job.id }
        guard opened.isRepeated else {
            logger.info("A ride was booked", metadata: ["ride": "\(id.text)", "booking": "\(opened.job.number)"])
            return []
        }
        let story = try await recap(opened.job)
        // The name stays that ride's (contracts K28): who wants another one is not left to wonder why nobody is looked for.
        guard opened.job.status.isTerminal else { return story }
        return story + [EncodedFrame(RideFrames.error(CareConnectWords.over))]
    }

    private func cancel() async throws(RoadsideError) -> [EncodedFrame] {
        var known = jobID.withLock { $0 }
        if known == nil { known = try await roadside.jobs.job(clientReference: id.text, for: caller)?.id }
        guard let known else { throw RoadsideError(.notFound, CareConnectWords.nothingToCancel) }
        do throws(RoadsideError) {
            _ = try await roadside.jobs.cancel(.id(known), by: caller)
            return []
        } catch  where error.code == .jobCancelled || error.code == .jobExpired {
            // It is off already, which is what he wants.
            return try await recap() ?? []
        }
    }

    /// nil when the ride was never asked for.
    private func recap() async throws(RoadsideError) -> [EncodedFrame]? {
        guard let job = try await roadside.jobs.job(clientReference: id.text, for: caller) else { return nil }
        return try await recap(job)
    }

    private func recap(_ job: Job) async throws(RoadsideError) -> [EncodedFrame] {
        let vehicle = try await vehicle(of: job.provider)
        let parts = tale.withLock { $0.recap(job.status, by: job.assignedTo, version: job.version) }
        return frames(parts, of: job, vehicle)
    }

    /// What a driver comes in, as far as he has told; nil for one who has left meanwhile, too.
    private func vehicle(of driver: Job.Party?) async throws(RoadsideError) -> ProviderVehicle? {
        guard let driver else { return nil }
        do throws(RoadsideError) {
            return try await roadside.accounts.account(driver.id).provider?.ownVehicle
        } catch  where error.code == .notFound {
            return nil
        }
    }

    private func frames(_ parts: [RideTale.Part], of job: Job, _ vehicle: ProviderVehicle?) -> [EncodedFrame] {
        parts.compactMap { part -> JSON? in
            switch part {
            case .searching: return RideFrames.searching(id)
            case .assigned:
                guard let driver = job.provider else { return nil }
                logger.info(
                    "A driver has a ride", metadata: ["booking": "\(job.number)", "driver": "\(driver.number)"])
                return RideFrames.assigned(job, driver, vehicle)
            case .noDrivers: return RideFrames.noDrivers
            case .cancelled: return RideFrames.cancelled(id, job)
            case .status: return RideFrames.status(id, job)
            }
        }.map { EncodedFrame($0) }
    }
}
