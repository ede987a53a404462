import BSON
import Foundation
import Roadside
import RoadsideRules

/// Reads people out of the rows of a table.
struct PersonReader {
    let map: PeopleMap
    let system: OldSystem
    let options: ImportOptions
    /// Whether a stored password can be verified here.
    let canVerify: (String) -> Bool
    /// Whether the export has a table of reviews, which then make the stars.
    let hasReviews: Bool

    /// - Returns: the person, and what of him was left behind.
    /// - Throws: ``RowFault``.
    func person(_ rows: Rows) throws -> (newcomer: Newcomer, note: String?) {
        let role = try role(rows)
        let isStaff = role != .customer && role != .provider
        if isStaff, !options.withStaff {
            throw RowFault("staff and partners are left out unless --with-staff is given")
        }
        let stored = try rows.text(map.passwordHash)
        let hash = stored.flatMap(readable)
        let newcomer = Newcomer(
            origin: Origin(system: system.rawValue, table: map.table, id: try rows.key(map.id)), role: role,
            name: try map.name.compactMap { try rows.text($0) }.joined(separator: " "),
            email: try rows.text(map.email) ?? "", phone: try rows.text(map.phone) ?? "", passwordHash: hash,
            isActive: try !isStaff && rows.flag(map.isActive) ?? true,
            isEmailProven: try rows.flag(map.isEmailProven) ?? false,
            isPhoneProven: try rows.flag(map.isPhoneProven) ?? false, createdAt: try rows.date(map.createdAt),
            vehicle: role == .customer ? try map.vehicle.flatMap { try Self.vehicle($0, rows) } : nil,
            work: role == .provider ? try map.work.map { try work($0, rows) } : nil)
        let isLost = stored != nil && hash == nil
        return (
            newcomer, isLost ? "came in without the password, whose form is not known; a new one can be asked for" : nil
        )
    }

    private func role(_ rows: Rows) throws -> Role {
        switch map.kind {
        case .all(let role): return role
        case .completed(let table): return rows.has(table) ? .provider : .customer
        case .word(let field, let words):
            guard let word = try rows.text(field), let role = words[word.lowercased()] else {
                throw RowFault(field, "must be one of \(words.keys.sorted().joined(separator: ", "))")
            }
            return role
        }
    }

    /// Django writes `bcrypt$` before a bcrypt hash. Anything we could not verify is not kept: it may be a plain text.
    private func readable(_ stored: String) -> String? {
        let hash = stored.hasPrefix("bcrypt$") ? String(stored.dropFirst("bcrypt$".count)) : stored
        return canVerify(hash) ? hash : nil
    }

    static func vehicle(_ map: VehicleMap, _ rows: Rows) throws -> VehicleFacts? {
        let (make, model) = (try rows.text(map.make), try rows.text(map.model))
        let (year, plate) = (try rows.whole(map.year), try rows.text(map.plate))
        guard make != nil || model != nil || year != nil || plate != nil else { return nil }
        return VehicleFacts(make: make ?? "", model: model ?? "", year: year, licensePlate: plate ?? "")
    }

    private func work(_ map: WorkMap, _ rows: Rows) throws -> Newcomer.Work {
        var work = Newcomer.Work()
        work.specializations = try (rows.list(map.specializations) ?? []).map { map.skills[$0.lowercased()] ?? $0 }
        work.experienceYears = try rows.whole(map.experienceYears)
        work.serviceRadiusKm = try rows.number(map.serviceRadiusKm)
        work.availability = isAvailable(map.availability, rows) ? .available : .offline
        work.location = try rows.point(map.latitude, map.longitude)
        work.isVerified = try rows.flag(map.isVerified)
        let (type, registration) = (try rows.text(map.vehicleType), try rows.text(map.vehicleRegistration))
        if type != nil || registration != nil {
            work.vehicle = ProviderVehicle(type: type ?? "", registration: registration ?? "")
        }
        work.licence = try licence(map, rows)
        // The word of the old system says less than its dialect's registration does: a heavy tow is one with licence C.
        if !map.skills.isEmpty, work.specializations == ["towing"], work.licence?.classes.contains("C") == true {
            work.specializations.append("heavy towing")
        }
        if !hasReviews, let average = try rows.number(map.rating), average > 0 {
            guard (1...5).contains(average) else { throw RowFault(map.rating, "this is not 1 to 5 stars") }
            work.rating = (average, max(try rows.whole(map.ratingCount) ?? 1, 1))
        }
        return work
    }

    /// A flag or the word for it; anything else is not available.
    private func isAvailable(_ field: Field, _ rows: Rows) -> Bool {
        if let flag = try? rows.flag(field) { return flag }
        guard let word = try? rows.text(field) else { return true }
        return word.lowercased() == Availability.available.rawValue
    }

    /// Only with its number and its last day: without one of them nothing could be said of it.
    private func licence(_ map: WorkMap, _ rows: Rows) throws -> Licence? {
        guard let number = try rows.text(map.licenceNumber), let last = try rows.day(map.licenceExpiry),
            let end = MarketCalendar.kenya.end(ofDay: last)
        else { return nil }
        guard (4...32).contains(number.count) else {
            throw RowFault(map.licenceNumber, "this is not 4 to 32 characters")
        }
        let classes = Set(try rows.list(map.licenceClasses) ?? [])
        return Licence(classes: classes, number: Licence.normalized(number), expiresOn: last, expiresAt: end)
    }
}
