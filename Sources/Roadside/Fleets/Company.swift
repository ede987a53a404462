public import BSON
import FoundationEssentials

/// A fleet: several trucks and the providers who take turns in them. A document of `companies`.
public struct Company: Sendable, Hashable {
    public enum Role: String, CaseIterable, Sendable, Hashable {
        case owner, manager, crew

        /// Who may change members and trucks.
        public var manages: Bool { self != .crew }
    }

    public struct Member: Sendable, Hashable {
        public let providerID: ObjectID
        public let number: Int64
        public let name: String
        public let role: Role
        /// False for one who was invited and has not answered.
        public let hasJoined: Bool
    }

    public let id: ObjectID
    public let name: String
    public let members: [Member]

    /// His role, once he has joined.
    public func role(of provider: ObjectID) -> Role? {
        members.first { $0.providerID == provider && $0.hasJoined }?.role
    }
}

/// A company as one of its members sees it.
public struct Fleet: Sendable {
    public let company: Company
    /// The viewer's own.
    public let role: Company.Role
    /// By plate.
    public let trucks: [Truck]
    /// What of the members is to be seen by this viewer: everybody for who manages, himself for anybody else.
    public let profiles: [ObjectID: ProviderProfile]
    /// Truck → who is in it.
    public let crews: [ObjectID: ObjectID]
}

extension Company {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id") else { return nil }
        self.init(
            id: id, name: document.get("name") ?? "",
            members: (document.get("members", as: [Document].self) ?? []).compactMap(Member.init))
    }
}

extension Company.Member {
    init?(_ document: Document) {
        guard let id: ObjectID = document.get("provider_id"),
            let role = document.get("role").flatMap(Company.Role.init(rawValue:))
        else { return nil }
        self.init(
            providerID: id, number: document.get("number") ?? 0, name: document.get("name") ?? "", role: role,
            hasJoined: document.get("joined") ?? false)
    }

    var document: Document {
        [
            "provider_id": .id(providerID), "number": .int64(number), "name": .string(name),
            "role": .string(role.rawValue), "joined": .bool(hasJoined),
        ]
    }
}
