import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension Dependencies {
    /// Condition that a provider has every paper that this installation asks for, by the database's clock. A field that is
    /// missing is less than any date.
    var hasPapers: Document {
        let required = settings.requiredPapers.sorted()
        guard !required.isEmpty else { return [:] }
        return [
            "$expr": ["$and": .array(required.map { ["$gt": [.string("$papers.\($0.rawValue)"), "$$NOW"]] })]
        ]
    }

    /// What of that he lacks now.
    func missingPapers(of profile: ProviderProfile, at now: Date) -> [PaperKind] {
        PaperRules.missing(settings.requiredPapers, of: profile.papers, at: now)
    }

    /// Whether he may be offered jobs, time and place aside.
    func mayBeAsked(_ profile: ProviderProfile, at now: Date) -> Bool {
        profile.isDispatchable && missingPapers(of: profile, at: now).isEmpty
    }

    /// The clocks where a provider is: of his zone, or else of the market.
    func calendar(of provider: ObjectID) async throws(RoadsideError) -> MarketCalendar {
        let profile = try await store.database { () async throws(MongoError) in
            try await store.mechanics.findOne(["_id": .id(provider)], projection: ["location": 1])
        }
        let zone = GeoPoint(geoJSON: profile?.get("location")).flatMap { reference.current.zone(at: $0) }
        return zone?.calendar ?? settings.calendar
    }
}

extension ProviderProfile {
    /// Until when his approved papers are valid, as `mechanics.papers` keeps it.
    static func papers(_ document: Document?) -> [PaperKind: Date] {
        var papers: [PaperKind: Date] = [:]
        for (name, value) in document ?? [:] {
            if let kind = PaperKind(rawValue: name), case .date(let end) = value { papers[kind] = end }
        }
        return papers
    }
}
