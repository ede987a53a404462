import BSON
import Foundation
import Mongo
import RoadsideRules

extension Administration {
    /// Over how many days the platform's work can be judged. Ours.
    public static let days = 1...90
    public static let defaultDays = 30

    /// Three questions, each answered by an index alone, side by side; made once in a few seconds for each span of days.
    func performance(over days: Int) async throws(RoadsideError) -> Dashboard.Performance {
        let settings = dependencies.settings
        return try await performances.value(
            for: days, at: dependencies.now(), lifetime: settings.dashboardLifetime
        ) { () async throws(RoadsideError) in try await measure(days) }
    }

    private func measure(_ count: Int) async throws(RoadsideError) -> Dashboard.Performance {
        let now = dependencies.now()
        let days = dependencies.settings.calendar.days(count, upTo: now)
        guard let since = days.first?.start else { throw .broken("a span of no days") }
        do {
            async let seconds = secondsToAccept(since: since)
            async let endings = endings(since: since)
            async let takings = takings(of: days, since: since)
            let ends = try await endings
            return Dashboard.Performance(
                days: count, since: since, secondsToAccept: try await seconds, ended: ends.values.reduce(0, +),
                completed: ends[JobStatus.completed.rawValue] ?? 0, takings: try await takings)
        } catch {
            throw RoadsideError(any: error)
        }
    }

    /// Counted by the second, so that an answer never has more lines than a search has seconds, however many jobs there
    /// were.
    private func secondsToAccept(since: Date) async throws(MongoError) -> Tally {
        let took: BSONValue = [
            "$toLong": ["$floor": ["$divide": [["$subtract": ["$accepted_at", "$dispatch.started_at"]], 1000]]]
        ]
        let lines = try await store.services.aggregate([
            ["$match": ["accepted_at": ["$gte": .date(since)]]], ["$group": ["_id": took, "count": ["$sum": 1]]],
        ])
        var counts: [Int64: Int] = [:]
        for line in lines {
            // Nobody knows when the search began of a job that is older than this is kept.
            guard let seconds: Int64 = line.get("_id") else { continue }
            counts[max(0, seconds), default: 0] += line.get("count") ?? 0
        }
        return Tally(counts)
    }

    private func endings(since: Date) async throws(MongoError) -> [String: Int] {
        let lines = try await store.services.aggregate([
            ["$match": ["closed_at": ["$gte": .date(since)]]], ["$group": ["_id": "$status", "count": ["$sum": 1]]],
        ])
        return lines.reduce(into: [:]) { counts, line in
            if let status: String = line.get("_id") { counts[status] = line.get("count") }
        }
    }

    private func takings(
        of days: [MarketCalendar.Day], since: Date
    ) async throws(MongoError) -> [Dashboard.DayOfTakings] {
        let day: BSONValue = [
            "$dateTrunc": [
                "date": "$closed_at", "unit": "day", "timezone": .string(dependencies.settings.calendar.offset),
            ]
        ]
        let lines = try await store.services.aggregate([
            [
                "$match": [
                    "status": .string(JobStatus.completed.rawValue), "estimate.currency": .string(Currency.kes.code),
                    "closed_at": ["$gte": .date(since)],
                ]
            ],
            [
                "$group": [
                    "_id": day, "estimated": ["$sum": "$estimate.minor_units"],
                    "beyond": ["$sum": "$beyond_estimate"], "count": ["$sum": 1],
                ]
            ],
        ])
        var sums: [Date: Dashboard.Takings] = [:]
        for line in lines {
            guard let start: Date = line.get("_id") else { continue }
            let (estimated, beyond): (Int64, Int64) = (line.get("estimated") ?? 0, line.get("beyond") ?? 0)
            sums[start] = Dashboard.Takings(
                jobs: line.get("count") ?? 0, revenue: Money(minorUnits: estimated + beyond, .kes))
        }
        let none = Dashboard.Takings(jobs: 0, revenue: Money(minorUnits: 0, .kes))
        return days.map { Dashboard.DayOfTakings(day: $0, takings: sums[$0.start] ?? none) }
    }
}
