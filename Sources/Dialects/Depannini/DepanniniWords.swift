public import RoadsideRules

/// The words of this client family and ours, both ways. The switches are exhaustive: a new role or status does not
/// compile until it has a word here.
public enum DepanniniWords {
    /// `user_type` (B1, K1).
    public static func userType(_ role: Role) -> String {
        switch role {
        case .customer: "client"
        case .provider: "assistant"
        case .admin: "admin"
        case .dispatcher: "dispatcher"
        case .partner: "partner"
        }
    }

    /// Who may register, by the word for it.
    static func newcomer(_ word: String) -> Role? {
        [Role.customer, .provider].first { userType($0) == word }
    }

    /// The same in the words of FixOnCall, whose newcomers may have lost their way (K2): its driver is the customer.
    static func strayNewcomer(_ word: String) -> Role? {
        switch word {
        case "driver": .customer
        case "mechanic": .provider
        default: nil
        }
    }

    static let newcomers = [Role.customer, .provider].map(userType)

    /// One of the five words of B31 (contracts 1.G, column B).
    public static func status(_ status: JobStatus) -> String {
        switch status {
        case .scheduled, .requested, .matching: "requested"
        case .accepted, .enRoute: "accepted"
        // “Ongoing when arriving”, says the document's own example (B34).
        case .arrived, .inProgress, .towing, .atDestination: "ongoing"
        case .completed: "completed"
        case .cancelled, .expired, .failed: "canceled"
        }
    }

    /// The same for the assistant who has it or had it: one that is searched for anew is over for him.
    static func assistantStatus(_ status: JobStatus) -> String {
        switch status {
        case .scheduled, .requested, .matching: canceled
        case .accepted, .enRoute, .arrived, .inProgress, .towing, .atDestination, .completed, .cancelled, .expired,
            .failed:
            Self.status(status)
        }
    }

    static let statuses = ["requested", "accepted", "ongoing", "completed", canceled]
    static let canceled = "canceled"

    /// What somebody asks for by a status word (B23).
    enum Command: Sendable, Hashable {
        case advance(JobStatus)
        case withdraw
    }

    /// Both spellings of the last are understood (K5).
    static func command(_ word: String) -> Command? {
        switch word {
        case "ongoing": .advance(.inProgress)
        case "completed": .advance(.completed)
        case canceled, "cancelled": .withdraw
        default: nil
        }
    }

    /// The word by which a client asks for a status; nil for those nobody can ask for by word.
    static func command(_ status: JobStatus) -> String? {
        switch status {
        case .inProgress: "ongoing"
        case .completed: "completed"
        case .cancelled: canceled
        case .scheduled, .requested, .matching, .accepted, .enRoute, .arrived, .towing, .atDestination, .expired,
            .failed:
            nil
        }
    }

    static let commands = ["ongoing", "completed", canceled]

    /// Ours: the assistant has the money.
    static let paid = "paid"

    /// `service_type` (K17).
    static func serviceType(_ family: ServiceType.Family) -> String {
        switch family {
        case .towing: "towing"
        case .repair, .fuel: "repair"
        }
    }

    static let serviceTypes = ["towing", "repair"]

    /// What an assistant can do, as providers tell it of themselves: heavy tows need a licence for lorries (K17).
    static func skills(serviceType: String, licence: String) -> [String] {
        switch (serviceType, licence) {
        case ("towing", "c"): ["towing", "heavy towing"]
        case ("towing", _): ["towing"]
        default: ["repair"]
        }
    }

    /// `driving_license_cat`: the greater of the two, whatever a licence says besides.
    static func licence(_ classes: Set<String>) -> String? {
        if classes.contains(where: { $0.hasPrefix("C") }) { return "c" }
        return classes.contains { $0.hasPrefix("B") } ? "b" : nil
    }

    static let licences = ["c", "b"]

    /// The name a client knows a canonical field by, for issues.
    static func field(_ name: String) -> String {
        switch name {
        case "phone": "phone_number"
        case "location", "location.point": "pickup"
        case "destination", "destination.point": "dropoff"
        case "licence.classes": "driving_license_cat"
        case "licence.number": "driving_license_num"
        case "licence.expires_on": "driving_license_expiry"
        case "provider_vehicle.type": "vehicle_type"
        case "provider_vehicle.registration": "vehicle_registration_num"
        case "specializations": "service_type"
        case "availability": "is_active"
        case "stars": "rating"
        case "text": "message"
        default: name
        }
    }
}
