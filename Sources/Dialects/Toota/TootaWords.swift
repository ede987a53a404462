import Roadside
public import RoadsideRules

/// The dialect's words both ways (contracts 1.G, column A). A status without a word does not compile.
public enum TootaWords {
    /// The word on sockets.
    public static func status(_ status: JobStatus) -> String {
        switch status {
        case .scheduled, .requested, .matching: "pending"
        case .accepted: "accepted"
        case .enRoute: "on the way"
        case .arrived: "arrived at pickup"
        case .inProgress, .towing: "in_progress"
        case .atDestination: "arrived at destination"
        case .completed: "completed"
        case .cancelled, .expired, .failed: "cancelled"
        }
    }

    /// The word in REST, which has a blank where sockets have an underscore (A3).
    public static func plainStatus(_ status: JobStatus) -> String {
        let word = Self.status(status)
        return word == "in_progress" ? "in progress" : word
    }

    static let statuses = JobStatus.allCases.map(status).reduce(into: [String]()) { words, word in
        if !words.contains(word) { words.append(word) }
    }

    /// The status a word asks for. The same words are understood everywhere (K44): with blanks or underscores, and with the
    /// comma that the document prints inside the quotes of "picked up," (A3).
    ///
    /// - Parameter hasDestination: of the trip: who has picked up a load is on his way with it, where it goes somewhere.
    /// - Returns: nil for a word that nobody has thought of.
    public static func target(_ word: String, hasDestination: Bool) -> JobStatus? {
        switch normalized(word) {
        case "accepted": .accepted
        case "on the way": .enRoute
        case "arrived at pickup": .arrived
        case "picked up": hasDestination ? .towing : .inProgress
        case "in progress": .inProgress
        case "arrived at destination": .atDestination
        case "completed": .completed
        case "cancelled", "canceled": .cancelled
        default: nil
        }
    }

    /// What may be asked for, for those who asked for something else.
    static let targets = [
        "on the way", "arrived at pickup", "picked up", "in progress", "arrived at destination", "completed",
        "cancelled",
    ]

    /// The same for every spelling of a word.
    static func normalized(_ word: String) -> String {
        let words = word.lowercased().split { [" ", "_", "-", ",", "\t"].contains($0) }
        return words.joined(separator: " ")
    }
}

extension TootaWords {
    /// A driver's answer: `accepted` or `rejected`, and the older `accept` and `reject` (K14).
    public static func isAccepted(_ word: String) -> Bool? {
        switch normalized(word) {
        case "accepted", "accept": true
        case "rejected", "reject": false
        default: nil
        }
    }

    static let accepted = "accepted"
    static let rejected = "rejected"

    public static func method(_ method: PaymentMethod) -> String {
        switch method {
        case .cash: "cash"
        case .card: "card"
        }
    }

    static func method(_ word: String) -> PaymentMethod? {
        PaymentMethod.allCases.first { method($0) == normalized(word) }
    }

    public static func payment(_ status: PaymentStatus) -> String {
        switch status {
        case .pending: "pending"
        case .paid: "paid"
        case .failed: "failed"
        case .refunded: "refunded"
        }
    }

    /// A wanted vehicle by the name that the catalogue has for it. Words of the old clients that it does not have mean one
    /// that it has; every other word is left to the catalogue, which lists its own when it does not know one (K18).
    public static func vehicle(_ word: String) -> String {
        switch normalized(word) {
        case "truck", "mini truck", "big truck", "heavy truck": "lorry"
        case "bakkie", "pick up", "pickup truck": "pickup"
        case "motorbike", "bike", "scooter": "motorcycle"
        case "car", "sedan", "hatchback": "saloon"
        case "mini van", "minivan", "panel van", "cargo van": "van"
        default: word
        }
    }

    /// A text like "12 mins" (K26).
    public static func minutes(_ seconds: Int) -> String {
        let minutes = (max(seconds, 0) + 59) / 60
        return minutes == 1 ? "1 min" : "\(minutes) mins"
    }
}

// Whole sentences, to the letter where the document has them.
extension TootaWords {
    static let driversFound = "Available drivers found"
    static let noDrivers = "No available drivers nearby"
    static let updated = "trip updated successfully"
    static let created = "Trip created successfully - select a driver"
    static let awaiting = "Awaiting driver response"
    static let silence = "Driver did not respond - select another driver"
    static let collectCash = "You must collect payment from user before pickup"
    static let payCash = "You must make payment before trip starts"

    /// Ours, in the manner of ``silence``: the document has none for a driver who says no, or who leaves.
    static let refusal = "Driver rejected the trip - select another driver"
    static let left = "Driver cancelled the trip - select another driver"
    /// Ours: the document has no word for a request that is void (K47).
    static let withdrawn = "This trip request is no longer available"

    /// A sentence of ours about somebody or something that has another name here.
    static func sentence(_ text: String) -> String {
        switch text {
        case "Job not found.": "Trip not found."
        case "Provider not found.": "Driver not found."
        case "There is no such provider.": "There is no such driver."
        default: text
        }
    }

    /// The name of a field in this dialect.
    static func field(_ name: String) -> String {
        switch name {
        case "provider_id": "driver_id"
        case "address": "pickup"
        case "destination.address", "destination.point": "destination"
        case "description": "load_description"
        default: name
        }
    }
}
