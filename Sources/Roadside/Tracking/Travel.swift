import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

/// How long providers take to get somewhere.
struct Travel: Sendable {
    let dependencies: Dependencies
    private var store: Store { dependencies.store }

    /// The time of each way, in the order of the starts. Never fails: where nothing better answers, the built-in estimate
    /// does.
    func times(from starts: [GeoPoint], to end: GeoPoint, at departure: Date) async -> [TravelTime] {
        let estimates = starts.map { estimate(from: $0, to: end, at: departure) }
        guard let engine = dependencies.routing, !starts.isEmpty else { return estimates }
        do {
            let roads = try await engine.seconds(from: starts, to: end)
            guard roads.count == starts.count else { return estimates }
            return zip(roads, estimates).map { $0.map(TravelRules.time(roadSeconds:)) ?? $1 }
        } catch {
            if dependencies.travel.mayComplain(at: departure) {
                dependencies.logger.warning(
                    "The routing engine does not answer; times are estimated", metadata: ["error": "\(error)"])
            }
            return estimates
        }
    }

    /// The built-in estimate: the straight line, and what has been learned about the hour and the zone at its end.
    func estimate(from start: GeoPoint, to end: GeoPoint, at departure: Date) -> TravelTime {
        let pace = dependencies.travel.paces[key(of: end, at: departure)]
        return TravelRules.time(metres: start.distance(to: end), at: pace)
    }

    /// When somebody who sets off now is expected: the time of his way, by the clock that this platform's windows are
    /// measured with.
    func arrival(after time: TravelTime, from now: Date) -> ExpectedArrival {
        let factor = dependencies.settings.windowFactor
        return ExpectedArrival(
            p50: time.p50 * factor, p90: time.p90 * factor, source: time.source.rawValue, updatedAt: now)
    }

    /// Takes in a way that has been driven, in the transaction that says it is taken in.
    func learn(metres: Double, seconds: Double, to end: GeoPoint, at departure: Date, in transaction: MongoTransaction)
        throws(MongoError)
    {
        guard let pace = TravelRules.pace(metres: metres, seconds: seconds / dependencies.settings.windowFactor) else {
            return
        }
        let key = key(of: end, at: departure)
        try transaction.travelSpeeds.updateOne(
            ["zone": .string(key.zone), "hour": .int32(Int32(key.hour))],
            [
                "$inc": ["count": .int64(1), "sum": .double(pace), "squares": .double(pace * pace)],
                "$set": ["updated_at": .date(dependencies.now())],
            ], upsert: true)
    }

    /// Reads what has been learned until the task is cancelled. A look that fails is logged, and what is known stays.
    func follow() async {
        let alarm = Wakeup()
        while !Task.isCancelled {
            do {
                try await refresh()
            } catch {
                dependencies.logger.warning(
                    "The learned speeds could not be read", metadata: ["error": "\(error)"])
            }
            await alarm.wait(atMost: Self.pause)
        }
    }

    func refresh() async throws(RoadsideError) {
        let documents = try await store.database { () async throws(MongoError) in
            // Of every zone and hour one, in the order of their index.
            try await store.travelSpeeds.find(["zone": ["$gte": ""]], sort: ["zone": 1, "hour": 1])
        }
        var entries: [PaceTable.Key: PaceStatistics] = [:]
        for document in documents {
            guard let zone: String = document.get("zone"), let hour: Int = document.get("hour") else { continue }
            entries[.init(zone: zone, hour: hour)] = PaceStatistics(
                count: document.get("count") ?? 0, sum: document.get("sum") ?? 0, squares: document.get("squares") ?? 0)
        }
        dependencies.travel.put(PaceTable(entries))
    }

    private func key(of place: GeoPoint, at moment: Date) -> PaceTable.Key {
        let zone = dependencies.reference.current.zone(at: place)
        return .init(zone: zone?.code ?? "", hour: (zone?.calendar ?? dependencies.settings.calendar).hour(moment))
    }

    /// Speeds change by the season, not by the minute.
    private static let pause = Duration.seconds(300)
}
