import BSON
import Foundation
import Mongo
import RoadsideRules

extension Administration {
    /// Admins and dispatchers see how the platform stands. The figures are made once in a few seconds, however many ask.
    ///
    /// - Parameter days: over how many its work is judged, today included; 1 to 90.
    public func dashboard(
        over days: Int = defaultDays, for caller: Caller
    ) async throws(RoadsideError) -> Dashboard {
        try caller.require(.admin, .dispatcher, toDo: "see the dashboard")
        let settings = dependencies.settings
        let figures = try await figures.value(at: dependencies.now(), lifetime: settings.dashboardLifetime) {
            () async throws(RoadsideError) in try await count()
        }
        let recent = try await jobs.history(caller, .page(1, perPage: Self.recentJobs))
        let performance = try await performance(over: min(max(days, Self.days.lowerBound), Self.days.upperBound))
        return Dashboard(figures: figures, performance: performance, recent: recent.items)
    }

    /// Counted by indexes and by the collections' own records of their size, the long ones side by side.
    private func count() async throws(RoadsideError) -> Dashboard.Figures {
        let (now, calendar) = (dependencies.now(), dependencies.settings.calendar)
        let online = try await attendance.onlineProviders()
        do {
            async let types = serviceTypes()
            async let months = revenue(of: calendar.months(Self.months, upTo: now))
            async let today = takings(since: calendar.startOfDay(now))
            let figures = Dashboard.Figures(
                users: try await store.size(of: store.users), customers: try await people(.customer),
                providers: try await people(.provider), partners: try await people(.partner),
                jobs: try await store.size(of: store.services),
                openJobs: try await store.services.count(Self.open),
                availableProviders: try await store.mechanics.count(["dispatchable": true]), onlineProviders: online,
                today: try await today, serviceTypes: try await types, months: try await months)
            return figures
        } catch {
            throw RoadsideError(any: error)
        }
    }

    private func people(_ role: Role) async throws(MongoError) -> Int {
        try await store.users.count(["roles": .string(role.rawValue)])
    }

    private func serviceTypes() async throws(MongoError) -> [Dashboard.Demand] {
        // One leap through the index for each type, then a count of its keys: a fifth of what grouping costs.
        let answer = try await store.client.run(["distinct": .string(store.services.name), "key": "service_type"])
        var found: [Dashboard.Demand] = []
        for code in answer.get("values", as: [String].self) ?? [] {
            found.append(.init(code: code, count: try await store.services.count(["service_type": .string(code)])))
        }
        return found.sorted { ($1.count, $0.code) < ($0.count, $1.code) }
    }

    /// A sum for each month, one after the other: together they cost a fifth of one query that sorts jobs into months.
    private func revenue(
        of months: [MarketCalendar.Month]
    ) async throws(MongoError) -> [Dashboard.MonthOfTakings] {
        let (now, known) = (dependencies.now(), finished.known)
        var final: [MarketCalendar.Month: Dashboard.Takings] = [:]
        var all: [Dashboard.MonthOfTakings] = []
        for (index, month) in months.enumerated() {
            let end = index + 1 < months.count ? months[index + 1].start : nil
            let sum: Dashboard.Takings
            if let kept = known[month] { sum = kept } else { sum = try await takings(since: month.start, until: end) }
            all.append(Dashboard.MonthOfTakings(month: month, takings: sum))
            // Final once the next has begun and whatever was closed in the last moments is written.
            if let end, end.addingTimeInterval(Self.settling) <= now { final[month] = sum }
        }
        finished.keep(final)
        return all
    }

    /// What completed jobs came to in the market's currency, their estimates and what was added: a sum over two currencies would mean nothing.
    private func takings(since start: Date, until end: Date? = nil) async throws(MongoError) -> Dashboard.Takings {
        var closed: Document = ["$gte": .date(start)]
        closed.append("$lt", ifPresent: end)
        let sums = try await store.services.aggregate([
            [
                "$match": [
                    "status": .string(JobStatus.completed.rawValue), "estimate.currency": .string(Currency.kes.code),
                    "closed_at": .document(closed),
                ]
            ],
            [
                "$group": [
                    "_id": .null, "estimated": ["$sum": "$estimate.minor_units"],
                    "beyond": ["$sum": "$beyond_estimate"], "count": ["$sum": 1],
                ]
            ],
        ])
        let (estimated, beyond): (Int64, Int64) = (
            sums.first?.get("estimated") ?? 0, sums.first?.get("beyond") ?? 0
        )
        return Dashboard.Takings(
            jobs: sums.first?.get("count") ?? 0, revenue: Money(minorUnits: estimated + beyond, .kes))
    }

    private static let recentJobs = 10
    private static let settling = 3600.0
    private static let months = 12
    private static let open: Document = [
        "status": ["$in": .array(JobStatus.allCases.filter(\.isOpen).map { .string($0.rawValue) })]
    ]
}
