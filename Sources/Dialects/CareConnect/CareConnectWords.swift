public import RoadsideRules

/// The dialect's words for a job's status (contracts 1.G, column C) and the sentences that go with them.
public enum CareConnectWords {
    /// The word of a booking (promise C11).
    public static func status(_ status: JobStatus) -> String {
        switch status {
        case .scheduled, .requested, .matching: "pending"
        case .accepted, .enRoute, .arrived: "confirmed"
        case .inProgress, .towing, .atDestination: "in_progress"
        case .completed: "completed"
        case .cancelled, .expired, .failed: "cancelled"
        }
    }

    /// What the passenger reads; the documented texts where there are any (promises C5, C6, C7).
    static func text(_ status: JobStatus) -> String {
        switch status {
        case .scheduled: "Your ride has been scheduled."
        case .requested, .matching: "Searching for available drivers..."
        case .accepted: "Driver found!"
        case .enRoute: "Your driver is on the way."
        case .arrived: "Your driver has arrived."
        case .inProgress: "Your ride has started."
        case .towing: "You are on the way to your destination."
        case .atDestination: "You have arrived at your destination."
        case .completed: "Your ride has been completed."
        case .cancelled: "Your ride has been cancelled."
        case .expired: "No drivers available nearby"
        case .failed: "Your ride could not be completed."
        }
    }

    /// The text of the first frame (promise C2).
    static let connected = "Connected to ride matching service"

    /// What is answered, after how it ended, to a wish for a ride that is over.
    static let over = "This ride is over. Ask for another one under a new ride_id."

    /// What is answered to a wish to cancel what was never asked for.
    static let nothingToCancel = "There is no ride to cancel."
}
