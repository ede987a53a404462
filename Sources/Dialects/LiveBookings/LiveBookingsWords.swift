public import RoadsideRules

/// The dialect's words for a job's status (contracts 1.G, column E) and the sentences that go with them.
public enum LiveBookingsWords {
    /// The status word.
    public static func status(_ status: JobStatus) -> String {
        switch status {
        case .scheduled, .requested, .matching: "pending"
        case .accepted, .enRoute, .arrived: "accepted"
        case .inProgress, .towing, .atDestination: "on_trip"
        case .completed: "completed"
        case .cancelled, .expired, .failed: "cancelled"
        }
    }

    /// What the customer reads; the documented texts where there are any (promise E5).
    static func customerText(_ status: JobStatus) -> String {
        switch status {
        case .scheduled: "Your booking has been scheduled."
        case .requested, .matching: "We are looking for a driver near you."
        case .accepted: "Your booking has been accepted by the driver."
        case .enRoute: "The driver is on the way to you."
        case .arrived: "The driver has arrived."
        case .inProgress: "The trip has started. Please proceed to the destination."
        case .towing: "Your vehicle is on its way to the destination."
        case .atDestination: "You have arrived at the destination."
        case .completed: "The trip has been completed."
        case .cancelled: "Your booking has been cancelled."
        case .expired: "No driver was found for your booking."
        case .failed: "Your booking could not be completed."
        }
    }

    /// What the provider reads.
    static func providerText(_ status: JobStatus) -> String {
        switch status {
        case .scheduled, .requested, .matching: "The booking is open again."
        case .accepted: "You have accepted the booking."
        case .enRoute: "You are on the way to the customer."
        case .arrived: "You have arrived at the pickup location."
        case .inProgress: "The trip has started. Please proceed to the destination."
        case .towing: "The vehicle is on its way to the destination."
        case .atDestination: "You have arrived at the destination."
        case .completed: "The trip has been completed."
        case .cancelled: "The booking has been cancelled."
        case .expired: "The booking has expired."
        case .failed: "The booking could not be completed."
        }
    }

    /// The text beside a code (promise E6).
    static let codeText = "Your booking has been accepted. Here is your OTP to start the trip."

    /// The text of a new-booking alert (promise E7).
    static let availableText = "A new booking is available."

    /// An extension: the document has no word for an alert that is void (contracts K47); old clients ignore it.
    static let withdrawn = "withdrawn"
    static let withdrawnText = "This booking is no longer available."
}
