import BSON
import FoundationEssentials
import RoadsideRules

/// What one provider has sent at once.
struct PositionReport: Sendable {
    let provider: ObjectID
    /// In order of time.
    let fixes: [Fix]
}

/// What became of a report.
struct PositionReceipt: Sendable {
    /// The provider as he is now.
    let profile: ProviderProfile
    /// Whether searches could see him before.
    let wasPresent: Bool
    let currentJob: ObjectID?
    /// The readings that moved him, in order of time.
    let believed: [Fix]
}

/// One provider's positions while a group of reports is judged.
struct PositionBoard {
    private(set) var profile: ProviderProfile
    let currentJob: ObjectID?
    let wasPresent: Bool
    private(set) var last: Fix?
    private var doubted: Fix?
    private var hasNews = false
    private var hasDoubts = false
    /// For the track of his job: whatever was sent, and as it was sent. Doubtful readings are among it, which whoever reads a
    /// track may judge by the same rule, and outdated ones: he was out of reach then, and it is a part of his way.
    private(set) var track: [Fix] = []
    private let topSpeed: Double

    /// - Parameters:
    ///   - topSpeed: metres per second that nobody exceeds.
    ///   - isPresent: whether searches can see this profile.
    init?(_ document: Document, topSpeed: Double, isPresent: (ProviderProfile) -> Bool) {
        guard let profile = try? ProviderProfile(document) else { return nil }
        self.profile = profile
        self.topSpeed = topSpeed
        currentJob = document.get("current_job")
        wasPresent = isPresent(profile)
        // While there is no time, the place is his base: nothing that a reading could contradict.
        last = Fix(lastOf: document)
        doubted = Fix(doubted: document.get("doubted_fix"))
    }

    /// His first live position, or the first that brings him back into searches.
    var isComingIntoSight: Bool { hasNews && (!wasPresent || isFirst) }
    private var isFirst = false

    /// - Returns: the readings that moved him.
    mutating func take(_ fixes: [Fix]) -> [Fix] {
        var believed: [Fix] = []
        for fix in fixes {
            track.append(fix)
            switch PositionRules.judge(fix, after: last, doubted: doubted, topSpeed: topSpeed) {
            case .believed(let fix):
                if last == nil { isFirst = true }
                (last, doubted) = (fix, nil)
                (hasNews, hasDoubts) = (true, false)
                believed.append(fix)
            case .doubted:
                doubted = fix
                hasDoubts = true
            case .suspect, .outdated: break
            }
        }
        if let last, hasNews {
            profile.location = last.point
            profile.fixAt = last.at
        }
        return believed
    }

    /// The write that makes it last, as a statement of an `update` command; nil when nothing has changed. Conditional on
    /// being newer, because another server may have heard of him meanwhile.
    func statement(at now: Date) -> Document? {
        guard hasNews || hasDoubts else { return nil }
        var set: Document = ["updated_at": .date(now)]
        var unset = Document()
        var filter: Document = ["_id": .id(profile.id)]
        if hasNews, let last {
            set.append("location", .document(last.point.geoJSON))
            set.append("fix_at", .date(last.at))
            for (name, value) in [("heading", last.heading), ("speed", last.speed), ("accuracy", last.accuracy)] {
                set.append(name, value.map(BSONValue.double) ?? .null)
            }
            filter.append("$or", [["fix_at": .null], ["fix_at": ["$lt": .date(last.at)]]])
        }
        if hasDoubts, let doubted {
            set.append("doubted_fix", .document(doubted.document))
        } else {
            unset.append("doubted_fix", "")
        }
        var update: Document = ["$set": .document(set)]
        if !unset.isEmpty { update.append("$unset", .document(unset)) }
        return ["q": .document(filter), "u": .document(update)]
    }
}

extension Fix {
    fileprivate init?(doubted document: Document?) {
        guard let document, let at: Date = document.get("at"), let point = GeoPoint(geoJSON: document.get("point"))
        else { return nil }
        self.init(point: point, at: at, accuracy: document.get("accuracy"))
    }

    fileprivate var document: Document {
        var document: Document = ["at": .date(at), "point": .document(point.geoJSON)]
        document.append("accuracy", ifPresent: accuracy)
        return document
    }
}
