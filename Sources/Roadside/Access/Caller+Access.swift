import BSON
import Mongo
import RoadsideRules

extension Caller {
    /// The condition under which documents of this kind exist for the caller, to be part of every query for one.
    func condition(on kind: ProtectedKind) -> Document {
        switch AccessRules.claim(of: role, on: kind) {
        case .all: [:]
        case .none: ["$expr": false]
        case .ownedBy(let side): [kind.field(of: side): .id(userID)]
        }
    }

    /// The same for a list of them, which whoever can have none may not even ask for.
    ///
    /// - Throws: `FORBIDDEN`.
    func listCondition(on kind: ProtectedKind, toDo what: String) throws(RoadsideError) -> Document {
        guard AccessRules.claim(of: role, on: kind) != .none else {
            throw RoadsideError(.forbidden, "Your role may not \(what).")
        }
        return condition(on: kind)
    }
}

extension ProtectedKind {
    /// The member that holds the id of one side.
    func field(of side: AccessClaim.Side) -> String {
        switch (self, side) {
        case (.job, .provider): "assigned_to"
        case (.booking, .provider): "mechanic_id"
        case (.paper, .provider): "provider_id"
        case (.vehicle, _): "owner_id"
        case (_, .customer): "customer_id"
        case (_, .provider): "provider_id"
        case (_, .person): "user_id"
        }
    }
}
