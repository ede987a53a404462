import BSON
import Roadside
import RoadsideRules
import RoadsideWeb

/// Why one turn of a search asked whom.
enum DispatchTraceView {
    static func json(_ trace: DispatchTrace) -> JSON {
        let chosen = Set(trace.chosen)
        return [
            "id": .string(trace.id.hex), "at": .time(trace.at), "attempt": .int(Int64(trace.attempt)),
            "mode": .string(trace.mode.rawValue), "matching": .string(trace.matching.rawValue),
            "round_id": JSON(trace.roundID), "plan": .string(trace.plan), "ring_km": .plain(trace.ringKm),
            "allowance": .int(Int64(trace.allowance)), "weights": weights(trace.weights),
            "candidates": .array(
                trace.candidates.map { ranked in
                    candidate(ranked).adding("chosen", .bool(chosen.contains(ranked.candidate.id)))
                }),
            "excluded": .array(trace.excluded.map(excluded)),
            "chosen": .array(trace.chosen.map { .string($0.hex) }),
        ]
    }

    /// A candidate with what he costs in seconds, summand by summand.
    static func candidate(_ ranked: RankRules.Ranked) -> JSON {
        let candidate = ranked.candidate
        return [
            "mechanic_id": .string(candidate.id.hex), "number": .int(candidate.number),
            "distance_km": .kilometres(candidate.metres / 1000),
            "eta": ["p50": .plain(candidate.travel.p50), "p90": .plain(candidate.travel.p90)],
            "cost": .plain(ranked.cost),
            "terms": .object(
                RankRules.Ranked.Term.allCases.map { term in
                    JSON.Member(term.rawValue, .plain((((ranked.terms[term] ?? 0) * 10).rounded()) / 10))
                }),
        ]
    }

    private static func excluded(_ excluded: DispatchTrace.Excluded) -> JSON {
        [
            "mechanic_id": .string(excluded.id.hex), "number": .int(excluded.number),
            "distance_km": .kilometres(excluded.metres / 1000),
            "reasons": .array(excluded.reasons.map { .string($0.rawValue) }),
        ]
    }

    private static func weights(_ weights: RankWeights) -> JSON {
        [
            "uncertainty": .plain(weights.uncertainty), "rating": .plain(weights.rating),
            "cancels": .plain(weights.cancels), "idle": .plain(weights.idle), "quiet": .plain(weights.quiet),
        ]
    }

    static let termsExample: JSON = [
        "travel": 187, "uncertainty": 46.5, "rating": 15, "cancels": 0, "idle": -120, "quiet": 0,
    ]

    static let candidateExample: JSON = [
        "mechanic_id": "65a50b2c9f1d4e0012345679", "number": 2, "distance_km": 1.2, "eta": ["p50": 187, "p90": 280],
        "cost": 128.5, "terms": termsExample, "chosen": true,
    ]

    static let excludedExample: JSON = [
        "mechanic_id": "65a50b2c9f1d4e0012345681", "number": 4, "distance_km": 0.8, "reasons": ["off_duty"],
    ]

    static let example: JSON = [
        "id": "65a50b2c9f1d4e0012345690", "at": "2024-01-15T10:30:00Z", "attempt": 1, "mode": "cascade",
        "matching": "assignment", "round_id": "65a50b2c9f1d4e0012345691", "plan": "settings", "ring_km": 10,
        "allowance": 1,
        "weights": ["uncertainty": 0.5, "rating": 1, "cancels": 1, "idle": 1, "quiet": 1],
        "candidates": [candidateExample], "excluded": [excludedExample], "chosen": ["65a50b2c9f1d4e0012345679"],
    ]
}

/// A service that is searched for, with the best of those who could come.
enum WaitingView {
    static func json(_ waiting: Waiting) -> JSON {
        [
            "service": ServiceView(waiting.job).json, "mode": .string(waiting.mode.rawValue),
            "suggestions": .array(waiting.suggestions.map(suggestion)),
        ]
    }

    private static func suggestion(_ suggestion: Suggestion) -> JSON {
        DispatchTraceView.candidate(suggestion.ranked).adding("name", .string(suggestion.name))
            .adding("proposed", .bool(suggestion.isProposed))
    }

    static let suggestionExample: JSON = [
        "mechanic_id": "65a50b2c9f1d4e0012345679", "number": 2, "distance_km": 1.2, "eta": ["p50": 187, "p90": 280],
        "cost": 128.5, "terms": DispatchTraceView.termsExample, "name": "James Mechanic", "proposed": true,
    ]

    static let example: JSON = [
        "service": ServiceView.example, "mode": "manual", "suggestions": [suggestionExample],
    ]
}

/// What became of one item of several.
enum CommittedView {
    static func json(_ item: (job: Reference, provider: Reference), _ outcome: Result<Job, RoadsideError>) -> JSON {
        switch outcome {
        case .success(let job):
            ["success": true, "code": nil, "message": "Mechanic assigned.", "service": ServiceView(job).json]
        case .failure(let error):
            [
                "success": false, "code": .string(error.code.rawValue), "message": .string(error.message),
                "service": nil,
            ]
        }
    }

    static let example: JSON = [
        "success": true, "code": nil, "message": "Mechanic assigned.", "service": ServiceView.acceptedExample,
    ]
}
