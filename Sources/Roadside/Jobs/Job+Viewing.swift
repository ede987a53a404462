import BSON
import RoadsideRules

extension Job {
    init(
        _ record: JobRecord, seenBy viewer: Caller, people: People, startOTP: String?, offer: Offer?, showsContact: Bool
    ) {
        id = record.id
        number = record.number
        version = record.version
        status = record.status
        channel = record.channel
        bookingID = record.bookingID
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
        pricesVersion = record.pricesVersion
        requirements = record.requirements
        paymentStatus = record.paymentStatus
        createdAt = record.createdAt
        updatedAt = record.updatedAt
        estimatedArrival = record.estimatedArrival
        events = record.events
        self.startOTP = startOTP
        let parties = Parties(record, viewer: viewer, people: people, showsContact: showsContact)
        customer = parties.customer
        provider = parties.provider
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

        let user = people.customers[record.customerID]
        customer = Job.Party(
            id: record.customerID, number: user?.get("number") ?? record.customer.number,
            name: user?.get("name") ?? record.customer.name, phone: user?.get("phone") ?? "",
            email: user?.get("email") ?? "", rating: 0, ratingCount: 0, location: nil, fixAt: nil
        ).shown(openly: isOpen || viewer.userID == record.customerID)

        provider = record.assignedTo.map { id in
            let profile = people.providers[id]
            // A finished job gives nobody the right to watch the provider any longer.
            let isWatched = record.status.isLive
            return Job.Party(
                id: id, number: profile?.number ?? record.provider?.number ?? 0,
                name: profile?.name ?? record.provider?.name ?? "", phone: profile?.phone ?? "",
                email: profile?.email ?? "", rating: profile?.rating ?? 0, ratingCount: profile?.ratingCount ?? 0,
                location: isWatched ? profile?.location : nil, fixAt: isWatched ? profile?.fixAt : nil
            ).shown(openly: isOpen || viewer.userID == id)
        }
    }
}

extension Job.Party {
    fileprivate func shown(openly isOpen: Bool) -> Self {
        isOpen
            ? self
            : Self(
                id: id, number: number, name: name, phone: ContactRules.masked(phone: phone),
                email: ContactRules.masked(email: email), rating: rating, ratingCount: ratingCount,
                location: location?.rounded, fixAt: nil)
    }
}
