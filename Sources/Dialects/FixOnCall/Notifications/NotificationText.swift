import Roadside
import RoadsideRules

/// Headline and sentence of a notification, by kind, status and side.
struct NotificationText {
    let title: String
    let message: String

    init(_ row: InboxRow) {
        let body = row.body
        switch row.kind {
        case .jobStatus where body.message == "booking.created":
            self.init("Booking made", "The service at \(Self.place(body)) has been booked.")
        case .jobStatus where body.message == "booking.changed":
            self.init("Booking changed", "The booking for \(Self.place(body)) has been changed.")
        case .jobStatus where body.message == "job.photo_added":
            self.init("Photo added", "There is a new photo of the service at \(Self.place(body)).")
        case .jobStatus where body.message.hasPrefix("charge."): self.init(ofCharge: body)
        case .jobStatus where body.message == "job.arrival_proposed":
            self.init("Have you arrived?", "You seem to be at \(Self.place(body)). Please say when you have arrived.")
        case .jobStatus where body.message == "job.arrival_near":
            self.init("Mechanic close by", "\(body.provider?.name ?? "Your mechanic") seems to be there.")
        case .jobStatus where row.routes.contains(.providerJobs): self.init(toProvider: body)
        case .jobStatus: self.init(toCustomer: body)
        case .jobOTP:
            self.init("Your start code", "Open your request to see the code that your mechanic needs to start.")
        case .offerNew:
            self.init("New request near you", "Help is needed at \(Self.place(body)). Be the first to accept.")
        case .offerWithdrawn: self.init("Request no longer available", "The request at \(Self.place(body)) is gone.")
        case .offerAnswer: self.init(ofAnswer: body)
        case .payment: self.init(ofPayment: body)
        case .session: self.init("Signed out", "You have been signed out.")
        case .message: self.init(ofMessage: body)
        case .emergency: self.init(ofEmergency: body)
        case .chatMessage: self.init(body.title ?? "New message", body.text ?? "")
        }
    }

    private init(_ title: String, _ message: String) {
        self.title = title
        self.message = message
    }

    private init(ofMessage body: InboxBody) {
        switch body.message {
        case "provider.approved":
            self.init("Profile approved", "You have been approved and will be offered requests near you.")
        case "provider.rejected":
            self.init("Profile not approved", body.reason ?? "Your profile has not been approved.")
        case "provider.auto_offline":
            self.init(
                "You are off duty",
                "We have not heard from you for a while, so you are offered nothing. Go on duty when you are back.")
        case "provider.duty_over":
            self.init(
                "Your duty hours are used up",
                "You have been on duty for as long as is allowed in a day. Have a rest; nothing is offered to you now.")
        case _ where body.message.hasPrefix("paper."): self.init(ofPaper: body)
        case "company.invited":
            self.init("Invitation to a fleet", "\(body.title ?? "A company") invites you to drive for them.")
        case "company.removed":
            self.init("No longer in the fleet", "\(body.title ?? "Your company") has removed you from its members.")
        case "review.received":
            let who = (body.actor == .customer ? body.customer : body.provider)?.name ?? "Somebody"
            let words = body.text.map { ": \($0)" } ?? "."
            self.init("New review", "\(who) gave you \(body.stars ?? 0) of 5 stars\(words)")
        default: self.init(body.title ?? "Message", body.text ?? "")
        }
    }

    private init(ofEmergency body: InboxBody) {
        let who = body.title ?? "Somebody"
        let words = body.text.map { ": \($0)" } ?? "."
        let note = body.reason.map { " \($0)" } ?? ""
        switch body.message {
        case "emergency.acknowledged":
            self.init("Help is coming", "Your call for help has been seen; somebody looks after it.\(note)")
        case "emergency.resolved": self.init("Emergency over", "Your call for help has been closed.\(note)")
        case "emergency.over": self.init("Emergency over", "The emergency of \(who) is over.")
        case "emergency.contact":
            self.init("\(who) is in danger", "\(who), who trusts you, calls for help\(words)")
        default: self.init("Emergency", "\(who) calls for help\(words)")
        }
    }

    /// Of the mechanic whom a customer chose.
    private init(ofAnswer body: InboxBody) {
        let who = body.provider.map(\.name).flatMap { $0.isEmpty ? nil : $0 } ?? "Your mechanic"
        switch body.message {
        case "offer.declined":
            self.init("Request declined", "\(who) cannot take your request. Please choose another mechanic.")
        case "offer.expired":
            self.init("No answer", "\(who) has not answered. Please choose again.")
        default: self.init("Mechanic not available", "\(who) is not available. Please choose another mechanic.")
        }
    }

    private init(ofPayment body: InboxBody) {
        let what = body.text.map { " of \($0)" } ?? ""
        switch body.message {
        case "payment.succeeded": self.init("Payment received", "The payment\(what) has been received.")
        case "payment.failed":
            self.init("Payment failed", "The payment\(what) has been refused. Please try again or pay otherwise.")
        case "payment.refunded": self.init("Payment returned", "\(body.text ?? "The payment") has been given back.")
        case "payment.collected": self.init("Cash received", "The cash payment\(what) has been received.")
        default: self.init("Payment changed", "The payment\(what) has changed.")
        }
    }

    private init(ofPaper body: InboxBody) {
        let what = body.title.flatMap(PaperKind.init(rawValue:)).map(FixOnCallWords.spoken) ?? "document"
        switch body.message {
        case "paper.approved": self.init("Document approved", "Your \(what) has been approved.")
        case "paper.expired":
            self.init("Document expired", "Your \(what) has expired. Please hand in a new one to be offered requests.")
        case "paper.expiring":
            self.init(
                "Document about to expire",
                "Your \(what) is valid until \(body.text ?? "soon"). Please hand in a new one.")
        default:
            self.init("Document not approved", "Your \(what) has not been approved: \(body.reason ?? "please ask us").")
        }
    }

    private init(ofCharge body: InboxBody) {
        let what = "\(body.title ?? "an extra charge") for \(body.text ?? "?")"
        switch body.message {
        case "charge.approved": self.init("Charge approved", "\(what) has been approved.")
        case "charge.rejected": self.init("Charge rejected", "\(what) has been rejected.")
        default:
            let who = body.provider?.name ?? "Your mechanic"
            self.init("Extra charge to approve", "\(who) proposes \(what). Nothing is charged before you approve.")
        }
    }

    private init(toCustomer body: InboxBody) {
        let who = body.provider?.name ?? "Your mechanic"
        switch body.status {
        case .scheduled: self.init("Request scheduled", "Your request has been scheduled.")
        case .requested: self.init("Request received", "Your request has been received.")
        case .matching where body.message == "job.reallocated":
            self.init("Looking for another mechanic", "Your mechanic cannot come; we are looking for another one.")
        case .matching: self.init("Looking for a mechanic", "We are looking for a mechanic near you.")
        case .accepted: self.init("Request accepted", "\(who) has accepted your request.")
        case .enRoute: self.init("Mechanic on the way", "\(who) is on the way to you.")
        case .arrived: self.init("Mechanic arrived", "\(who) has arrived.")
        case .inProgress: self.init("Work started", "\(who) has started to work.")
        case .towing: self.init("Vehicle on its way", "Your vehicle is on its way to the destination.")
        case .atDestination: self.init("Destination reached", "Your vehicle has reached its destination.")
        case .completed: self.init("Request completed", "Your request has been completed.")
        case .cancelled: self.init("Request cancelled", "Your request has been cancelled.")
        case .expired: self.init("No mechanic found", "We found no mechanic for your request. Please try again.")
        case .failed: self.init("Request not completed", Self.outcome(body.failure))
        case nil: self.init("Request updated", "Your request has changed.")
        }
    }

    private init(toProvider body: InboxBody) {
        let who = body.customer?.name ?? "the driver"
        switch body.status {
        case .matching where Self.loss(body.reason) != nil, .expired where Self.loss(body.reason) != nil:
            self.init("Job given to another", "\(Self.loss(body.reason) ?? "") The job of \(who) is no longer yours.")
        case .scheduled, .requested, .matching, .expired:
            self.init("Job released", "The job of \(who) is no longer yours.")
        case .accepted: self.init("Job accepted", "You have the job of \(who) at \(Self.place(body)).")
        case .enRoute: self.init("On the way", "You are on the way to \(who).")
        case .arrived: self.init("Arrived", "You have arrived at \(Self.place(body)).")
        case .inProgress: self.init("Work started", "You have started to work for \(who).")
        case .towing: self.init("Towing", "You are towing the vehicle of \(who).")
        case .atDestination: self.init("Destination reached", "You have reached the destination.")
        case .completed: self.init("Job completed", "You have completed the job of \(who).")
        case .cancelled: self.init("Job cancelled", "The job of \(who) has been cancelled.")
        case .failed: self.init("Job not completed", "The job of \(who) could not be completed.")
        case nil: self.init("Job updated", "The job of \(who) has changed.")
        }
    }

    /// Why the system took a job from its mechanic; nil for any other reason.
    private static func loss(_ reason: String?) -> String? {
        switch reason.flatMap(SupervisionReason.init(rawValue:)) {
        case .silent: "We have not heard of you for too long."
        case .stalled: "You have not come nearer for too long."
        case .late: "The promised time has passed."
        case nil: nil
        }
    }

    private static func outcome(_ failure: JobFailure?) -> String {
        switch failure {
        case .goneOnArrival: "Your mechanic came and found neither you nor your vehicle."
        case .noShow: "Your mechanic came and waited, and could not reach you."
        case .unsuccessful: "Your mechanic could not solve the problem."
        case .destinationRefused: "The destination did not take your vehicle."
        case nil: "Your request could not be completed."
        }
    }

    private static func place(_ body: InboxBody) -> String {
        guard let address = body.pickup?.address, !address.isEmpty else { return "your area" }
        return address
    }
}
