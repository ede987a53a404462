public import BSON

/// The figures as rows, in the order in which they are read; the table and the JSON have the same.
extension Figures {
    struct Row: Sendable {
        let label: String
        /// The member of the JSON.
        let name: String
        let value: Double?
        let decimals: Int
    }

    var rows: [Row] {
        func row(_ label: String, _ name: String, _ value: Double?, _ decimals: Int = 1) -> Row {
            Row(label: label, name: name, value: value, decimals: decimals)
        }
        return [
            row("requests", "requests", Double(calls.count), 0),
            row("completed, %", "completed_percent", percent(.completed)),
            row("expired, %", "expired_percent", percent(.expired)),
            row("cancelled, %", "cancelled_percent", percent(.cancelled)),
            row(
                "failed, refused or open", "other_outcomes", Double(count(.failed) + count(.refused) + count(.open)), 0),
            row("time to offer p50, s", "time_to_offer_p50_seconds", timeToOffer.p50),
            row("time to offer p90, s", "time_to_offer_p90_seconds", timeToOffer.p90),
            row("time to accept p50, s", "time_to_accept_p50_seconds", timeToAccept.p50),
            row("time to accept p90, s", "time_to_accept_p90_seconds", timeToAccept.p90),
            row("pickup distance mean, km", "pickup_distance_mean_km", pickupDistance.mean, 2),
            row("pickup distance p90, km", "pickup_distance_p90_km", pickupDistance.p90, 2),
            row("pickup time mean, min", "pickup_time_mean_minutes", pickupTime.mean, 2),
            row("pickup time p90, min", "pickup_time_p90_minutes", pickupTime.p90, 2),
            row("  of it after accept, mean", "approach_time_mean_minutes", approachTime.mean, 2),
            row("  of it after accept, p90", "approach_time_p90_minutes", approachTime.p90, 2),
            row("offers per request", "offers_per_request", offersPerCall, 2),
            row("declined", "declined", Double(calls.reduce(0) { $0 + $1.declines }), 0),
            row("accepted too late", "accepted_too_late", Double(calls.reduce(0) { $0 + $1.tooLate }), 0),
            row("jobs per provider, mean", "jobs_per_provider_mean", Statistics.mean(jobsPerProvider), 2),
            row("fairness (Gini of jobs)", "gini", gini, 3),
            row("server errors", "server_errors", Double(traffic.serverErrors), 0),
            row("lost connections", "lost_connections", Double(traffic.lost), 0),
            row("HTTP requests", "http_requests", Double(traffic.requests), 0),
            row("simulator late by p90, s", "lateness_p90_seconds", lateness.p90),
        ]
    }

    /// Times are of the city: seconds or minutes, as the names say.
    public var json: JSON {
        var json: JSON = [:]
        for row in rows {
            let value = row.value.map {
                row.decimals == 0 ? JSON.int(Int64($0)) : .double(($0 * 1000).rounded() / 1000)
            }
            json.add(row.name, value ?? .null)
        }
        var refusals: JSON = [:]
        for (code, count) in traffic.refusals.sorted(by: { $0.key < $1.key }) { refusals.add(code, .int(Int64(count))) }
        json.add("refusals", refusals)
        return json
    }
}
