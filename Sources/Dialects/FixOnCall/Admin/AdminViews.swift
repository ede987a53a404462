import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// D14: how the platform stands.
struct DashboardView {
    let json: JSON

    init(_ dashboard: Dashboard) {
        let (figures, performance) = (dashboard.figures, dashboard.performance)
        json = [
            "statistics": Self.statistics(figures),
            "recent_services": .array(dashboard.recent.map { ServiceView($0).json }),
            "service_types": .array(
                figures.serviceTypes.map { ["_id": .string($0.code), "count": .int(Int64($0.count))] }),
            "revenue_trend": .array(
                figures.months.map { month in
                    [
                        "_id": .string(month.month.name), "month": .string(month.month.name),
                        "revenue": .amount(month.takings.revenue), "count": .int(Int64(month.takings.jobs)),
                    ]
                }),
            "kpis": Self.kpis(performance, activeServices: figures.openJobs),
        ]
    }

    private static func kpis(_ performance: Dashboard.Performance, activeServices: Int) -> JSON {
        let seconds = performance.secondsToAccept
        return [
            "days": .int(Int64(performance.days)), "since": .time(performance.since),
            "active_services": .int(Int64(activeServices)),
            "time_to_accept": [
                "count": .int(Int64(seconds.total)), "p50_seconds": JSON(seconds.percentile(50)),
                "p90_seconds": JSON(seconds.percentile(90)),
            ],
            "ended_services": .int(Int64(performance.ended)),
            "completed_services": .int(Int64(performance.completed)),
            // Four decimals are a hundredth of a percent.
            "completion_rate": performance.completionRate.map {
                .decimal(minorUnits: Int64(($0 * 10_000).rounded()), scale: 4)
            } ?? .null,
            "revenue_by_day": .array(
                performance.takings.map { line in
                    [
                        "date": .string(line.day.name), "revenue": .amount(line.takings.revenue),
                        "count": .int(Int64(line.takings.jobs)),
                    ]
                }),
        ]
    }

    private static func statistics(_ figures: Dashboard.Figures) -> JSON {
        [
            "total_users": .int(Int64(figures.users)), "total_drivers": .int(Int64(figures.customers)),
            "total_mechanics": .int(Int64(figures.providers)), "total_partners": .int(Int64(figures.partners)),
            "total_services": .int(Int64(figures.jobs)), "active_services": .int(Int64(figures.openJobs)),
            "available_mechanics": .int(Int64(figures.availableProviders)),
            "online_mechanics": .int(Int64(figures.onlineProviders)),
            "completed_today": .int(Int64(figures.today.jobs)), "revenue_today": .amount(figures.today.revenue),
            "currency": .string(figures.today.revenue.currency.code),
        ]
    }

    static let example: JSON = [
        "statistics": [
            "total_users": 120, "total_drivers": 80, "total_mechanics": 36, "total_partners": 2, "total_services": 950,
            "active_services": 7, "available_mechanics": 21, "online_mechanics": 19, "completed_today": 12,
            "revenue_today": 18000, "currency": "KES",
        ],
        "recent_services": [ServiceView.example],
        "service_types": [["_id": "breakdown", "count": 610]],
        "revenue_trend": [["_id": "2024-01", "month": "2024-01", "revenue": 412500, "count": 275]],
        "kpis": kpisExample,
    ]

    static let kpisExample: JSON = [
        "days": 30, "since": "2023-12-16T21:00:00Z", "active_services": 7,
        "time_to_accept": ["count": 268, "p50_seconds": 21, "p90_seconds": 74], "ended_services": 290,
        "completed_services": 275, "completion_rate": 0.9483,
        "revenue_by_day": [["date": "2024-01-15", "revenue": 18000, "count": 12]],
    ]
}

/// D15: an account as an admin sees it: the user of the login, whether he is online, and of a mechanic where his vetting
/// stands.
struct ManagedUserView {
    let json: JSON

    init(_ managed: ManagedAccount) {
        var json = UserView(managed.account).json.adding("online", .bool(managed.isOnline))
        if let vetting = managed.vetting {
            json.add("verification", ["state": .string(Self.word(vetting.state)), "reason": JSON(vetting.reason)])
        }
        self.json = json
    }

    private static func word(_ state: VettingState) -> String {
        switch state {
        case .pending: "pending"
        case .verified: "approved"
        case .rejected: "rejected"
        }
    }

    static let example = UserView.mechanicExample.adding("online", true)
        .adding("verification", ["state": "approved", "reason": nil])
    static let customerExample = UserView.example.adding("online", false)
}
