public import BSON
public import RoadsideRules

/// What a provider asks for beyond the price.
public struct ExtraChargeDraft: Sendable, Hashable {
    /// A word for machines, at most 40 characters; `extra` when absent.
    public var code: String?
    /// At most 100 characters.
    public var title: String
    /// Above zero, at most what the pricing rules say.
    public var amount: Money
    /// Why, for the customer who decides; at most 500 characters.
    public var reason: String
    /// Photos that he has added to the job, at most ten; they show why.
    public var photoIDs: [ObjectID]

    public init(
        code: String? = nil, title: String, amount: Money, reason: String, photoIDs: [ObjectID] = []
    ) {
        self.code = code
        self.title = title
        self.amount = amount
        self.reason = reason
        self.photoIDs = photoIDs
    }
}

extension ExtraChargeDraft {
    func issues(_ rules: PricingRules) -> [FieldIssue] {
        var issues: [FieldIssue] = []
        let code = Wording.clean(code ?? Self.defaultCode)
        let isPlain = code.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
        if code.isEmpty || code.utf8.count > 40 || !isPlain {
            issues.append(
                FieldIssue(name: "code", message: "At most 40 small letters, digits and underscores."))
        }
        let title = Wording.clean(title)
        if title.isEmpty || title.count > 100 {
            issues.append(FieldIssue(name: "title", message: "1 to 100 characters."))
        }
        let greatest = rules.greatestExtraCharge
        if amount.currency != greatest.currency || amount.minorUnits <= 0 || amount.minorUnits > greatest.minorUnits {
            issues.append(FieldIssue(name: "amount", message: "Above zero, at most \(greatest)."))
        }
        let reason = Wording.clean(reason)
        if reason.isEmpty || reason.count > Wording.reasonLimit {
            issues.append(FieldIssue(name: "reason", message: "1 to \(Wording.reasonLimit) characters."))
        }
        if photoIDs.count > Self.mostPhotos {
            issues.append(FieldIssue(name: "upload_ids", message: "At most \(Self.mostPhotos)."))
        }
        return issues
    }

    private static let mostPhotos = 10

    static let defaultCode = "extra"
}
