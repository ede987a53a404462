import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

/// One document of `services` as the use cases see it.
struct JobRecord: Sendable {
    let id: ObjectID
    let number: Int64
    let version: Int64
    let status: JobStatus
    let channel: String
    /// nil for help at once that nobody made a booking of.
    let appointment: BookingRecord?
    let customerID: ObjectID
    let customer: Person
    let assignedTo: ObjectID?
    let provider: Person?
    let serviceType: String
    /// What a provider must be able to do.
    let capability: String
    let pickup: Place
    let destination: Place?
    let description: String
    let vehicle: VehicleFacts?
    let estimate: Money
    let quote: [PriceLine]
    let pricesVersion: String
    let requirements: JobRequirements
    let paymentStatus: String
    let payment: JobPayment
    /// How many payments there have been for it, announced ones among them.
    let payments: Int
    let policy: JobPolicy
    /// The client's own name for it (K28).
    let clientReference: String?
    /// What the client said of it (K22).
    let claim: JobClaim?
    let charges: JobCharges
    /// Oldest first.
    let photos: [JobPhoto]
    let estimatedArrival: Date?
    /// Why it failed, of a job that did.
    let failure: JobFailure?
    /// What is known of the provider's way to the scene; nil when nobody is on it.
    let approach: Approach?
    let search: Search
    let code: Code?
    let events: [JobEvent]
    let createdAt: Date
    let updatedAt: Date

    struct Search: Sendable {
        let mode: DispatchMode
        /// The mode without the provider the customer named.
        let baseMode: DispatchMode
        /// The plan its dialect has settled, in full windows; nil is that of the place and the service.
        let plan: SearchPlan?
        /// The provider the customer asked for.
        let preferred: ObjectID?
        /// Counts the searches of this job, from 1; a job given back or put off is searched for anew. 0 before the first.
        let attempt: Int
        let startedAt: Date
        let deadline: Date
        let nextTimerAt: Date?
        /// When a job that was put off shall be searched for; set until the offers of the search before are taken back
        /// and the timer stands at this moment.
        let resumeAt: Date?
        /// Offers made in all its searches.
        let offersMade: Int
        /// The round of assignments it waits for.
        let roundAt: Date?
        /// Left the job.
        let excluded: Set<ObjectID>
        let declined: Set<ObjectID>
        let reallocations: Int

        /// Nobody is asked but whom the customer chooses (A16).
        var isCustomersChoice: Bool { baseMode == .pick }

        /// Never offered this job by a search again (U3, U5: a refusal holds for the job, a timeout for its attempt).
        var barred: Set<ObjectID> { excluded.union(declined) }
    }

    /// The start code: its hash for whoever tries, itself sealed for its customer.
    struct Code: Sendable {
        let hash: String
        let sealed: String
        let facts: OTPFacts
    }
}

extension JobRecord {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"),
            let customerID: ObjectID = document.get("customer_id"),
            let status = document.get("status").flatMap(JobStatus.init(rawValue:)),
            let point = GeoPoint(geoJSON: document.get("location")), let createdAt: Date = document.get("created_at")
        else { return nil }
        self.id = id
        self.customerID = customerID
        self.status = status
        self.createdAt = createdAt
        number = document.get("number") ?? 0
        version = document.get("version") ?? 0
        channel = document.get("channel") ?? ""
        appointment = BookingRecord(document.get("appointment"), of: id)
        customer = Person(document.get("customer")) ?? Person(number: 0, name: "")
        assignedTo = document.get("assigned_to")
        provider = Person(document.get("provider"))
        serviceType = document.get("service_type") ?? ""
        capability = document.get("capability") ?? ""
        pickup = Place(point: point, address: document.get("address") ?? "")
        destination = Place(document.get("destination"))
        description = document.get("description") ?? ""
        vehicle = VehicleFacts(document.get("vehicle_info"))
        estimate = Money(document.get("estimate")) ?? Money(minorUnits: 0)
        quote = (document.get("quote", as: [Document].self) ?? []).compactMap(PriceLine.init)
        pricesVersion = document.get("prices_version") ?? ""
        requirements = JobRequirements(document.get("requirements"))
        paymentStatus = document.get("payment_status") ?? PaymentStatus.pending.rawValue
        charges = JobCharges(document)
        payment = JobPayment(document, due: charges.final?.total ?? estimate)
        payments = document.get("payments") ?? 0
        policy = JobPolicy(document)
        clientReference = document.get("client_ref")
        claim = JobClaim(document.get("client_claim"))
        photos = (document.get("photos", as: [Document].self) ?? []).compactMap(JobPhoto.init)
        estimatedArrival = document.value(at: ["eta", "promise_at"]).flatMap(Date.init(bson:))
        failure = document.get("failure").flatMap(JobFailure.init(rawValue:))
        approach = Approach(document)
        search = Search(document.get("dispatch") ?? [:], createdAt: createdAt)
        code = Code(document.get("otp"))
        events = JobEvent.list(document.get("events") ?? [])
        updatedAt = document.get("updated_at") ?? createdAt
    }

    var facts: JobFacts {
        JobFacts(
            status: status, customerID: customerID, assignedTo: assignedTo, hasDestination: destination != nil,
            startOTPRequired: policy.needsStartCode ?? false, otp: code?.facts ?? OTPFacts(), excluded: search.barred,
            reallocations: search.reallocations,
            arrivedAt: events.last { $0.status == .arrived }?.at, prepay: policy.prepay,
            paymentMethod: payment.method, isPaid: payment.status == .paid)
    }

    /// The words every row about this job has in common.
    func body(_ message: String) -> InboxBody {
        var body = InboxBody(message: message)
        body.jobID = id
        body.jobNumber = number
        body.status = status
        body.serviceType = serviceType
        body.pickup = pickup
        body.destination = destination
        body.estimate = estimate
        body.customer = InboxBody.Party(id: customerID, number: customer.number, name: customer.name)
        if let assignedTo, let provider {
            body.provider = InboxBody.Party(id: assignedTo, number: provider.number, name: provider.name)
        }
        return body
    }
}

extension JobRecord {
    /// The job of this name, or else the one whose booking has this name.
    ///
    /// - Parameter mine: whose it has to be; without it that is for the caller to see to.
    static func find(
        _ reference: Reference, _ mine: Document = [:], in transaction: MongoTransaction
    ) throws(MongoError) -> JobRecord? {
        if let job = JobRecord(try transaction.services.findOne(reference.filter(.job).and(mine))) { return job }
        return JobRecord(try transaction.services.findOne(reference.filter(.booking).and(mine)))
    }
}

extension JobRecord.Search {
    fileprivate init(_ document: Document, createdAt: Date) {
        mode = document.get("mode").flatMap(DispatchMode.init(rawValue:)) ?? .broadcast
        baseMode = document.get("base_mode").flatMap(DispatchMode.init(rawValue:)) ?? .broadcast
        offersMade = document.get("offers") ?? 0
        roundAt = document.get("round_at")
        plan = SearchPlan(document.get("plan"))
        preferred = document.get("preferred")
        attempt = document.get("attempt") ?? 1
        startedAt = document.get("started_at") ?? createdAt
        deadline = document.get("deadline") ?? createdAt
        nextTimerAt = document.get("next_timer_at")
        resumeAt = document.get("resume_at")
        excluded = Set(document.get("excluded", as: [ObjectID].self) ?? [])
        declined = Set(document.get("declined", as: [ObjectID].self) ?? [])
        reallocations = document.get("reallocations") ?? 0
    }
}

extension JobRecord.Code {
    fileprivate init?(_ document: Document?) {
        guard let document, let hash: String = document.get("start_hash") else { return nil }
        self.hash = hash
        sealed = document.get("sealed") ?? ""
        facts = OTPFacts(hasCode: true, tries: document.get("tries") ?? 0, lockedUntil: document.get("locked_until"))
    }
}
