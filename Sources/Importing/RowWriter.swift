import BSON
import FoundationEssentials
import Roadside
import RoadsideRules

/// Writes rows by the map of a system: each value under the first of its names.
struct RowWriter {
    let map: SystemMap
    let withPasswordHashes: Bool

    /// The row of a person, and those that complete it.
    func rows(of person: Departures.Person) -> [(table: String, row: JSON)] {
        let account = person.account
        guard let people = map.people.first(where: { word(account.role, in: $0) != nil }) else { return [] }
        var draft = RowDraft()
        draft.set(people.id, id(account.id, account.number))
        if case .word(let field, _) = people.kind { draft.set(field, word(account.role, in: people) ?? .null) }
        draft.set(names: people.name, account.name)
        draft.set(people.email, account.email.isEmpty ? .null : .string(account.email))
        draft.set(people.phone, account.phone.isEmpty ? .null : .string(account.phone))
        if withPasswordHashes { draft.set(people.passwordHash, JSON(person.passwordHash)) }
        draft.set(people.isActive, .bool(account.isActive))
        draft.set(people.isPhoneProven, .bool(account.isPhoneVerified))
        draft.set(people.isEmailProven, .bool(account.isEmailVerified))
        draft.set(people.createdAt, JSON(account.createdAt))
        if let vehicle = people.vehicle, let facts = account.vehicle { draft.set(vehicle, facts) }
        if let work = people.work, let profile = account.provider {
            for detail in people.details {
                draft.set(detail.key.of(detail.table), id(account.id, account.number))
                draft.set(Field("id").of(detail.table), id(account.id, account.number))
            }
            set(work, profile, &draft)
        }
        return draft.rows(people.table)
    }

    /// The row of a job, and of its review where that is a table.
    func rows(of job: Departures.FormerJob) -> [(table: String, row: JSON)] {
        let jobs = map.jobs
        var draft = RowDraft()
        draft.set(jobs.id, id(job.id, job.number))
        draft.set(jobs.customer.field, id(job.customer.id, job.customer.number))
        draft.set(jobs.provider.field, job.provider.map { id($0.id, $0.number) } ?? .null)
        draft.set(jobs.serviceType, .string(job.serviceType))
        draft.set(jobs.latitude, .double(job.pickup.point.latitude))
        draft.set(jobs.longitude, .double(job.pickup.point.longitude))
        draft.set(jobs.address, .string(job.pickup.address))
        if let destination = job.destination {
            draft.set(jobs.destinationLatitude, .double(destination.point.latitude))
            draft.set(jobs.destinationLongitude, .double(destination.point.longitude))
            draft.set(jobs.destinationAddress, .string(destination.address))
        }
        draft.set(jobs.description, .string(job.description))
        if let vehicle = jobs.vehicle, let facts = job.vehicle { draft.set(vehicle, facts) }
        draft.set(jobs.status, .string(job.status == .completed ? "completed" : map.cancelled))
        draft.set(jobs.reason, JSON(job.reason))
        draft.set(jobs.price, .decimal(minorUnits: job.price.minorUnits, scale: job.price.currency.scale))
        draft.set(jobs.currency, .string(job.price.currency.code))
        draft.set(jobs.paymentStatus, .string(job.isPaid ? "paid" : "pending"))
        draft.set(jobs.createdAt, JSON(job.createdAt))
        draft.set(jobs.closedAt, JSON(job.closedAt))
        if map.reviews == nil { draft.set(jobs.stars, JSON(job.review?.stars)) }
        return draft.rows(jobs.table) + review(of: job)
    }

    private func review(of job: Departures.FormerJob) -> [(table: String, row: JSON)] {
        guard let reviews = map.reviews, let review = job.review else { return [] }
        var draft = RowDraft()
        draft.set(reviews.id, .string(review.id.hex))
        draft.set(reviews.job, id(job.id, job.number))
        draft.set(reviews.stars, JSON(review.stars))
        draft.set(reviews.comment, JSON(review.comment))
        draft.set(reviews.createdAt, JSON(review.createdAt))
        return draft.rows(reviews.table)
    }

    private func set(_ work: WorkMap, _ profile: ProviderProfile, _ draft: inout RowDraft) {
        let skills = profile.specializations
        // Depannini's is one of two words and not a list (K17).
        let word = skills.contains { Capabilities.normalized($0).contains("tow") } ? "towing" : "repair"
        draft.set(work.specializations, work.skills.isEmpty ? JSON(skills) : .string(word))
        draft.set(work.experienceYears, JSON(profile.experienceYears))
        draft.set(work.serviceRadiusKm, .double(profile.serviceRadiusKm))
        let isAvailable = profile.availability == .available
        let isWord = work.availability.title == "status"
        draft.set(work.availability, isWord ? .string(isAvailable ? "available" : "offline") : .bool(isAvailable))
        if let location = profile.location {
            draft.set(work.latitude, .double(location.latitude))
            draft.set(work.longitude, .double(location.longitude))
        }
        draft.set(work.isVerified, .bool(profile.isVerified))
        draft.set(work.rating, profile.ratingCount > 0 ? .double(profile.rating) : .null)
        draft.set(work.ratingCount, JSON(profile.ratingCount))
        if let licence = profile.work.licence {
            draft.set(work.licenceClasses, .string(licence.classes.sorted().joined(separator: ",")))
            draft.set(work.licenceNumber, .string(licence.number))
            draft.set(work.licenceExpiry, .string(licence.expiresOn))
        }
        draft.set(work.vehicleType, JSON(profile.ownVehicle.flatMap { $0.type.isEmpty ? nil : $0.type }))
        draft.set(
            work.vehicleRegistration,
            JSON(profile.ownVehicle.flatMap { $0.registration.isEmpty ? nil : $0.registration }))
    }

    private func id(_ id: ObjectID, _ number: Int64) -> JSON {
        switch map.ids {
        case .object: .string(id.hex)
        case .number: .int(number)
        case .uuid: .string(PublicUUID.encode(id))
        }
    }

    /// What a person of this role is called in that table; nil when he is not in it.
    private func word(_ role: Role, in people: PeopleMap) -> JSON? {
        switch people.kind {
        case .all(let all): all == role ? .null : nil
        case .completed: .null
        case .word(_, let words): words.first { $1 == role }.map { .string($0.key) }
        }
    }
}
