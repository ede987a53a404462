import BSON
import FoundationEssentials
import RoadsideRules

/// An entry of `services.extras`.
extension ExtraCharge {
    init?(_ document: Document) {
        guard let id: ObjectID = document.get("_id"), let amount = Money(document.get("amount")),
            let state = document.get("state").flatMap(State.init(rawValue:)),
            let proposedAt: Date = document.get("proposed_at")
        else { return nil }
        self.init(
            id: id, code: document.get("code") ?? "", title: document.get("title") ?? "", amount: amount,
            reason: document.get("reason") ?? "", photoIDs: document.get("photos") ?? [], state: state,
            proposedAt: proposedAt,
            decidedAt: document.get("decided_at"))
    }

    var document: Document {
        var document: Document = [
            "_id": .id(id), "code": .string(code), "title": .string(title), "amount": .document(amount.document),
            "reason": .string(reason), "state": .string(state.rawValue), "proposed_at": .date(proposedAt),
        ]
        if !photoIDs.isEmpty { document.append("photos", photoIDs) }
        document.append("decided_at", ifPresent: decidedAt)
        return document
    }
}

extension FinalPrice {
    init?(_ document: Document?) {
        guard let document, let total = Money(document.get("total")) else { return nil }
        self.init(lines: (document.get("lines", as: [Document].self) ?? []).compactMap(PriceLine.init), total: total)
    }

    var document: Document {
        ["lines": .array(lines.map { .document($0.document) }), "total": .document(total.document)]
    }
}
