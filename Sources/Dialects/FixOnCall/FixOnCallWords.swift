import Roadside
public import RoadsideRules

/// The words of this client family and ours, both ways. The switches are exhaustive: a new role or status does not
/// compile until it has a word here.
public enum FixOnCallWords {
    /// `user_type` (D30). Here the driver is the stranded one, the customer (K1).
    public static func userType(_ role: Role) -> String {
        switch role {
        case .customer: "driver"
        case .provider: "mechanic"
        case .admin: "admin"
        case .partner: "partner"
        case .dispatcher: "dispatcher"
        }
    }

    /// Nil for a word that is none of ours, our own canonical words included.
    public static func role(userType word: String) -> Role? {
        Role.allCases.first { userType($0) == word }
    }

    /// Who has come to the other dialect's door, by a slash too few, and says who he is in its words (K2).
    static func strayNewcomer(_ word: String) -> Role? {
        switch word {
        case "client": .customer
        case "assistant": .provider
        default: nil
        }
    }

    static let userTypes = Role.allCases.map(userType)

    /// One of the five documented words (D28); what they hide is told in `stage`.
    public static func status(_ status: JobStatus) -> String {
        switch status {
        case .scheduled, .requested, .matching: "pending"
        case .accepted, .enRoute, .arrived: "accepted"
        case .inProgress, .towing, .atDestination: "in_progress"
        case .completed: "completed"
        case .cancelled, .expired, .failed: "cancelled"
        }
    }

    /// Which stages a documented word stands for.
    static func stages(_ word: String) -> Set<JobStatus>? {
        let stages = Set(JobStatus.allCases.filter { status($0) == word })
        return stages.isEmpty ? nil : stages
    }

    static let statuses = ["pending", "accepted", "in_progress", "completed", "cancelled"]

    /// The word by which a client asks for a status; nil for those nobody can ask for by word.
    static func command(_ status: JobStatus) -> String? {
        switch status {
        case .accepted: "accepted"
        case .enRoute: "en_route"
        case .arrived: "arrived"
        case .inProgress: "in_progress"
        case .towing: "towing"
        case .atDestination: "at_destination"
        case .completed: "completed"
        case .cancelled: "cancelled"
        case .scheduled, .requested, .matching, .expired, .failed: nil
        }
    }

    /// The status a word asks for; `canceled` is understood, too (K5).
    static func target(_ word: String) -> JobStatus? {
        if word == "canceled" { return .cancelled }
        return JobStatus.allCases.first { command($0) == word }
    }

    static let commands = JobStatus.allCases.compactMap(command)

    /// Who moved a job; nil is the system.
    static func actor(_ role: Role?) -> String {
        role.map(userType) ?? "system"
    }

    static func availability(_ availability: Availability) -> String {
        switch availability {
        case .available: "available"
        case .busy: "busy"
        case .offline: "offline"
        case .onBreak: "break"
        }
    }

    /// What is known of where a provider is.
    static func position(_ presence: Presence) -> String {
        switch presence {
        case .unknown: "unknown"
        case .base: "base"
        case .live: "live"
        case .stale: "stale"
        }
    }

    static func role(_ role: Company.Role) -> String {
        switch role {
        case .owner: "owner"
        case .manager: "manager"
        case .crew: "crew"
        }
    }

    static func companyRole(_ word: String) -> Company.Role? {
        Company.Role.allCases.first { role($0) == word }
    }

    static let positions = Presence.allCases.map(position)
    static let companyRoles = Company.Role.allCases.map { role($0) }

    /// The availability a provider may choose himself; `busy` is what a job makes of him.
    static func chosenAvailability(_ word: String) -> Availability? {
        Availability.allCases.first { $0 != .busy && availability($0) == word }
    }

    /// How dispatchers may have a service searched for; a chosen mechanic is named instead.
    static func dispatchMode(_ word: String) -> DispatchMode? {
        DispatchMode(rawValue: word).flatMap { $0 == .pick ? nil : $0 }
    }

    static let dispatchModes = DispatchMode.allCases.map(\.rawValue).filter { dispatchMode($0) != nil }

    /// The name a client knows a canonical field by, for issues.
    static func field(_ name: String) -> String {
        switch name {
        case "address": "location.address"
        case "destination.point": "destination"
        case "fuel": "fuel_type"
        case "provider_id": "mechanic_id"
        case "seq": "s"
        case "message_seq": "seq"
        case "stars": "rating"
        case "specializations": "specialization"
        case "availability": "is_available"
        default: name.hasPrefix("vehicle.") ? "vehicle_info" + name.dropFirst("vehicle".count) : name
        }
    }
}
