import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// D5, F3 and F4: a call for help, or the question what it would cost.
struct RequestBody {
    /// Which members there have to be.
    enum Kind {
        /// D5: the type is named in the body; fuel order and vehicle are optional.
        case any
        /// F3: this type; `fuel_type` and `litres`.
        case fuel(String)
        /// F4: this type; `destination` and `vehicle_type`.
        case towing(String)
    }

    let request: JobRequest

    /// - Parameter isQuote: whether only the price is asked for, which may be that of an appointment.
    init(_ fields: Fields, _ kind: Kind, isQuote: Bool = false, catalog: Catalog) throws(RoadsideError) {
        var fields = fields
        let type: String
        var requirements = JobRequirements()
        var destination: Place?
        switch kind {
        case .any:
            type = fields.text("service_type", max: 60)
            destination = fields.optionalObject("destination") { $0.place() } ?? nil
            if fields.has("fuel_type") || fields.has("litres") { requirements.fuel = fields.fuelOrder() }
            if ["vehicle_type", "wheels_locked", "mass_kg"].contains(where: fields.has) {
                requirements.tow = fields.towNeed()
            }
        case .fuel(let code):
            type = code
            requirements.fuel = fields.fuelOrder()
        case .towing(let code):
            type = code
            destination = fields.object("destination") { $0.place() } ?? nil
            requirements.tow = fields.towNeed()
        }
        let place = fields.object("location") { $0.place() } ?? nil
        let description = fields.optionalText("description", max: 2000) ?? ""
        let vehicle = fields.jobVehicle()
        let mechanic = fields.optionalReference("mechanic_id")
        let quote = isQuote ? nil : fields.optionalReference("quote_id")
        let time = isQuote ? fields.optionalTime("scheduled_time") : nil
        let faults = catalog.issues(
            serviceType: type, requirements: requirements, location: place?.point, destination: destination?.point)
        for issue in faults {
            let name = FixOnCallWords.field(issue.name)
            // A member that could not be read is wrong for that reason, not for what stands in for it.
            if !fields.issues.contains(where: { $0.name == name }) { fields.issue(name, issue.message) }
        }
        try fields.finish()
        guard let place else { throw .validation([FieldIssue(name: "location", message: "is required")]) }
        var request = JobRequest(
            serviceType: type, location: place.point, address: place.address, description: description,
            vehicle: vehicle.facts, destination: destination, preferredProvider: mechanic, requirements: requirements,
            channel: FixOnCall.name)
        (request.quote, request.serviceTime) = (quote, time)
        request.ownVehicle = vehicle.own
        self.request = request
    }
}

/// D7: who shall come.
struct AssignBody {
    let mechanic: Reference

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let mechanic = fields.reference("mechanic_id")
        try fields.finish()
        guard let mechanic else { throw .validation([FieldIssue(name: "mechanic_id", message: "is required")]) }
        self.mechanic = mechanic
    }
}

/// D8: a status to lead the job to.
struct StatusBody {
    let status: JobStatus
    let otp: String?
    let reason: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let word = fields.text("status", max: 60)
        let target = FixOnCallWords.target(word)
        if target == nil, !word.isEmpty {
            fields.issue("status", "must be one of \(FixOnCallWords.commands.joined(separator: ", "))")
        }
        otp = fields.optionalText("otp", max: 20)
        reason = fields.optionalText("reason", max: 500)
        try fields.finish()
        guard let target else { throw .validation([FieldIssue(name: "status", message: "is required")]) }
        status = target
    }
}

/// F5: the customer's code. Whether one is needed is a rule, so it may be absent here.
struct StartBody {
    let otp: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        otp = fields.optionalText("otp", max: 20)
        try fields.finish()
    }
}

/// F5: why an offer is declined.
struct ReasonBody {
    let reason: String?

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        reason = fields.optionalText("reason", max: 500)
        try fields.finish()
    }
}

/// F5: why a job is cancelled, and whether staff let its fee pass.
struct CancelBody {
    let reason: String?
    let waivesFee: Bool

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        reason = fields.optionalText("reason", max: 500)
        waivesFee = fields.optionalBool("waive_fee") ?? false
        try fields.finish()
    }
}

/// A service that came to nothing: how, and what its mechanic did before he gave up.
struct FailBody {
    let outcome: JobFailure
    let reason: String?
    let contactAttempted: Bool

    static let outcomes = JobFailure.allCases.map(\.rawValue)

    init(_ fields: Fields) throws(RoadsideError) {
        var fields = fields
        let word = fields.text("outcome", max: 60)
        let outcome = JobFailure(rawValue: word)
        if outcome == nil, !word.isEmpty {
            fields.issue("outcome", "must be one of \(Self.outcomes.joined(separator: ", "))")
        }
        reason = fields.optionalText("reason", max: 500)
        contactAttempted = fields.optionalBool("contact_attempted") ?? false
        try fields.finish()
        guard let outcome else { throw .validation([FieldIssue(name: "outcome", message: "is required")]) }
        self.outcome = outcome
    }
}

/// D9: which slice of one's jobs.
struct HistoryQuery {
    let page: PageRequest
    let filter: JobFilter

    init(_ query: QueryFields, perPage: Int = 10) throws(RoadsideError) {
        var query = query
        page = query.page(perPage: perPage)
        var filter = JobFilter()
        if let word = query.optionalText("status") {
            if let stages = FixOnCallWords.stages(word) {
                filter.statuses = stages
            } else {
                query.issue("status", "must be one of \(FixOnCallWords.statuses.joined(separator: ", "))")
            }
        }
        filter.serviceType = query.optionalText("service_type", max: 60)
        try query.finish()
        self.filter = filter
    }
}

/// Which slice of a list that has cursors only, such as a service's story.
struct ScrollQuery {
    let page: PageRequest

    init(_ query: QueryFields) throws(RoadsideError) {
        var query = query
        let limit = query.optionalInt("limit", in: 1...100) ?? PageRequest.defaultSize
        page = .after(query.optionalText("cursor"), limit: limit)
        try query.finish()
    }
}

extension Fields {
    /// D28's `location`: a point and the address a person would give for it.
    mutating func place() -> Place? {
        let address = optionalText("address", max: 300) ?? ""
        return point().map { Place(point: $0, address: address) }
    }
}
