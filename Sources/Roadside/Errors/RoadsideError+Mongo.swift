import BSON
public import Mongo

extension RoadsideError {
    /// What a failure of the database means to a client. The server's own words stay in `underlying`.
    public init(_ error: MongoError) {
        switch error.code {
        case .duplicateKey:
            self = RoadsideError.duplicate(index: error.index)
        case .overloaded:
            self.init(.overloaded, "The server is busy. Please try again shortly.", details: [("retry_after", 1)])
        case .outcomeUnknown:
            self.init(.outcomeUnknown, "The outcome is not known yet. Please look before trying again.")
        case .network, .notPrimary, .deadlineExceeded, .closed, .cancelled:
            self.init(.databaseUnavailable, "The service is temporarily unavailable.", details: [("retry_after", 2)])
        case .writeConflict:
            self.init(.overloaded, "Too many changes at once. Please try again.", details: [("retry_after", 1)])
        default:
            self.init(.internalError, RoadsideError.ourFault)
        }
        underlying = error.description
    }

    /// For code that throws untyped, such as the body of a transaction.
    public init(any error: any Error) {
        switch error {
        case let error as RoadsideError: self = error
        case let error as MongoError: self.init(error)
        default:
            self.init(.internalError, RoadsideError.ourFault, underlying: String(reflecting: error))
        }
    }

    /// A unique index is the last word on a race; its name says which race was lost.
    private static func duplicate(index: String?) -> RoadsideError {
        switch index.flatMap(UniqueIndex.init(rawValue:)) {
        case .userEmail: RoadsideError(.emailTaken, "An account with this e-mail address already exists.")
        case .userPhone: RoadsideError(.phoneTaken, "An account with this phone number already exists.")
        case .jobProviderSlot: RoadsideError(.providerBusy, "The provider already has a job.")
        case .jobSingleOpen: RoadsideError.openJobExists(nil)
        case .paymentOpen: RoadsideError(.conflict, "A payment for this job is under way.")
        case .jobClientReference: RoadsideError(.conflict, "This job has been opened already.")
        case .offerWinner: RoadsideError(.jobAlreadyTaken, "Somebody else has taken this job.")
        case .offerExclusiveProvider: RoadsideError(.providerBusy, "The provider is considering another offer.")
        case .bookingJob: RoadsideError.alreadyBooked
        case .vehiclePlate: RoadsideError(.conflict, "A truck with this plate is in a fleet already.")
        case .vehicleOwnPlate: RoadsideError(.conflict, "You have a vehicle with this plate already.")
        case .reviewSide: RoadsideError(.conflict, "You have reviewed this job already.")
        case .pendingPaper:
            RoadsideError(.conflict, "A document of this kind is waiting to be looked at; take it back first.")
        case .pendingInvitation: RoadsideError(.conflict, "Somebody else is inviting this address just now.")
        case .vehicleCrew: RoadsideError(.conflict, "Somebody else is in this truck.")
        default: RoadsideError(.conflict, "The change collides with another one.")
        }
    }
}

/// Names of the unique indexes whose violation has a meaning of its own (created by the migrations that create indexes).
enum UniqueIndex: String {
    case userEmail = "users_email"
    case userPhone = "users_phone"
    case jobProviderSlot = "services_provider_slot"
    case jobSingleOpen = "services_single_open"
    case jobClientReference = "services_client_reference"
    case paymentOpen = "payments_open"
    case offerWinner = "offers_winner"
    case offerExclusiveProvider = "offers_exclusive_provider"
    case offerExclusiveJob = "offers_exclusive_job"
    case bookingJob = "bookings_job"
    case vehiclePlate = "vehicles_plate"
    case vehicleOwnPlate = "vehicles_own_plate"
    case reviewSide = "reviews_side"
    case vehicleCrew = "mechanics_vehicle"
    case pendingPaper = "provider_documents_pending"
    case pendingInvitation = "invitations_pending"
}
