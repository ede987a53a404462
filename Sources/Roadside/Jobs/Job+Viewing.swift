import BSON
import FoundationEssentials
import RoadsideRules

extension Job {
    init(
        _ record: JobRecord, seenBy viewer: Caller, people: People, startOTP: String?, offer: Offer?,
        showsContact: Bool, supervision: SupervisionPlan, at now: Date
    ) {
        id = record.id
        number = record.number
        version = record.version
        status = record.status
        channel = record.channel
        appointment = record.appointment
        customerID = record.customerID
        serviceType = record.serviceType
        location = record.pickup.point
        address = record.pickup.address
        destination = record.destination
        description = record.description
        vehicle = record.vehicle
        assignedTo = record.assignedTo
        estimate = record.estimate
        quote = record.quote
        fees = record.charges.fees
        extraCharges = record.charges.extras
        finalPrice = record.finalPrice
        let provider = record.assignedTo.flatMap { people.providers[$0].map(LastSeen.init) }
        cancellationFee =
            viewer.role == .customer || viewer.role.isStaff
            ? record.cancellationFee(provider: provider, by: .customer, supervision, at: now) : nil
        pricesVersion = record.pricesVersion
        requirements = record.requirements
        paymentStatus = record.paymentStatus
        payment = record.payment
        policy = record.policy
        clientReference =
            viewer.userID == record.customerID || viewer.role.isStaff ? record.clientReference : nil
        createdAt = record.createdAt
        updatedAt = record.updatedAt
        estimatedArrival = record.estimatedArrival
        arrival = record.arrival
        arrivalProposedAt = record.status.isApproach ? record.approach?.progress.proposedAt : nil
        trackingState = supervision.tracking(isHeld: record.status.isLive, fixAt: provider?.fixAt, at: now)
        failure = record.failure
        let isParty = viewer.userID == record.customerID || viewer.userID == record.assignedTo
        photos = isParty || viewer.role.isStaff ? record.photos : []
        events = record.events
        self.startOTP = startOTP
        let parties = Parties(record, viewer: viewer, people: people, showsContact: showsContact)
        customer = parties.customer
        self.provider = parties.provider
        distanceKm =
            viewer.role == .provider
            ? people.providers[viewer.userID]?.location.map {
                Kilometres.shown(metres: $0.distance(to: record.pickup.point))
            } : nil
        offerExpiresAt = offer?.expiresAt
    }
}

/// Both sides of a job as one viewer may see them.
private struct Parties {
    let customer: Job.Party
    let provider: Job.Party?

    init(_ record: JobRecord, viewer: Caller, people: People, showsContact: Bool) {
        let isParty = viewer.userID == record.customerID || viewer.userID == record.assignedTo
        let isOpen = viewer.role.isStaff || showsContact || (isParty && record.status.isLive)

        customer =
            people.customers[record.customerID].map { contact in
                Job.Party(
                    id: contact.id, number: contact.number, name: contact.name, phone: contact.phone,
                    email: contact.email, rating: 0, ratingCount: 0, location: nil, fixAt: nil
                ).shown(openly: isOpen || viewer.userID == contact.id)
            } ?? Job.Party(record.customer, id: record.customerID)

        provider = record.assignedTo.map { id in
            guard let profile = people.providers[id] else {
                return Job.Party(record.provider ?? JobRecord.Person(number: 0, name: ""), id: id)
            }
            // A finished job gives nobody the right to watch the provider any longer.
            let isWatched = record.status.isLive
            return Job.Party(
                id: id, number: profile.number, name: profile.name, phone: profile.phone, email: profile.email,
                rating: profile.rating, ratingCount: profile.ratingCount,
                location: isWatched ? profile.location : nil, fixAt: isWatched ? profile.fixAt : nil
            ).shown(openly: isOpen || viewer.userID == id)
        }
    }
}

extension Job.Party {
    /// Who was not read: as the job itself keeps him, which is masked.
    fileprivate init(_ person: JobRecord.Person, id: ObjectID) {
        self.init(
            id: id, number: person.number, name: person.name,
            phone: person.masked?.phone ?? ContactRules.masked(phone: ""),
            email: person.masked?.email ?? ContactRules.masked(email: ""), rating: person.masked?.rating ?? 0,
            ratingCount: person.masked?.ratingCount ?? 0, location: nil, fixAt: nil)
    }

    fileprivate func shown(openly isOpen: Bool) -> Self {
        isOpen
            ? self
            : Self(
                id: id, number: number, name: name, phone: ContactRules.masked(phone: phone),
                email: ContactRules.masked(email: email), rating: rating, ratingCount: ratingCount,
                location: location?.rounded, fixAt: nil)
    }
}
