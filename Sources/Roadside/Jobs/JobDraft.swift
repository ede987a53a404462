import BSON
import FoundationEssentials
import RoadsideRules

/// A document of `services` as a request makes it, but for its price.
struct JobDraft: Sendable {
    private let facts: Document
    private let search: Document
    /// When it wants attention first, unless somebody is asked as it is opened.
    private let timer: Date

    /// - Parameter preferred: the provider the customer asked for.
    init(
        _ request: JobRequest, id: ObjectID, terms: JobTerms, number: Int64,
        customer: (id: ObjectID, person: JobRecord.Person), preferred: ObjectID?, _ plan: SearchPlan,
        needsStartCode: Bool, at now: Date
    ) {
        let actor = Actor(role: .customer, userID: customer.id)
        var document: Document = [
            "_id": .id(id), "number": .int64(number), "version": .int64(1),
            "channel": .string(request.channel), "customer_id": .id(customer.id),
            "customer": .document(customer.person.document), "service_type": .string(terms.type.code),
            "capability": .string(terms.capability), "location": .document(request.location.geoJSON),
            "address": .string(Wording.clean(request.address)),
            "description": .string(Wording.clean(request.description)),
            "status": .string((request.firstSteps.last ?? .matching).rawValue),
            "payment_status": "pending",
            "policy": .document(request.policy.document(needsStartCode: needsStartCode)),
            "events": .array(
                request.firstSteps.enumerated().map { index, step in
                    // The last of them begins the search, or puts it off.
                    let isLast = index == request.firstSteps.count - 1
                    let attempt = request.appointment?.searchAt == nil ? 1 : 0
                    let event = JobEvent(
                        seq: index + 1, at: now, status: step, by: actor, attempt: isLast ? attempt : nil)
                    return .document(event.document)
                }),
        ]
        if let destination = request.destination {
            let place = Place(point: destination.point, address: Wording.clean(destination.address))
            document.append("destination", .document(place.document))
        }
        if !terms.requirements.isEmpty {
            document.append("requirements", .document(terms.requirements.document))
        }
        if request.policy.isSingleOpen { document.append(JobRecord.singleOpen, true) }
        document.append("client_ref", ifPresent: request.clientReference)
        document.append("client_claim", ifPresent: request.claim?.document)
        if request.paymentMethod != .cash { document.append("payment_method", .string(request.paymentMethod.rawValue)) }
        document.append("appointment", ifPresent: request.appointment?.facts(at: now))
        document.append("vehicle_info", ifPresent: request.vehicle?.document)
        var search: Document = [
            "mode": .string((preferred == nil ? plan.mode : .pick).rawValue),
            "base_mode": .string(plan.mode.rawValue),
            // Counts the searches that have begun.
            "attempt": .int32(request.appointment?.searchAt == nil ? 1 : 0),
            "started_at": .date(now), "deadline": .date(now.addingTimeInterval(plan.searchSeconds)),
            "excluded": [], "declined": [],
            "reallocations": .int32(0),
        ]
        search.append("preferred", ifPresent: preferred)
        search.append("plan", ifPresent: request.policy.plan?.document)
        document.append("created_at", .date(now))
        document.append("updated_at", .date(now))
        facts = document
        self.search = search
        timer = request.appointment?.searchAt ?? Dispatch.firstTurnLease(from: now)
    }

    /// - Parameter first: whom it asks as it is opened; its timer is due when more may be asked.
    func document(asking first: Dispatch.FirstBatch?) -> Document {
        var search = search
        if let first { search.append("offers", .int32(Int32(first.offers.count))) }
        search.append("next_timer_at", .date(first?.next ?? timer))
        return facts.and(["dispatch": .document(search)])
    }
}
