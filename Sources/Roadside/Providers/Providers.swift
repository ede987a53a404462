import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// What a provider says of his work: when he is there, at what hours, and with what papers and tools.
///
/// Each word is one update of his profile, conditional on what makes it legal, so that a job he takes in the same moment
/// is not overlooked.
public struct Providers: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox
    private let dispatch: Dispatch

    init(_ dependencies: Dependencies, inbox: Inbox, dispatch: Dispatch) {
        self.dependencies = dependencies
        self.inbox = inbox
        self.dispatch = dispatch
    }

    var store: Store { dependencies.store }

    /// Goes on or off duty, and says whether he would rather be left alone; what is nil stays. Who comes on duty is
    /// offered what is open around him.
    ///
    /// - Throws: `PROVIDER_BUSY` for who wants to go off duty with a job in hand, `FORBIDDEN` for anybody but a provider.
    public func setDuty(_ isOn: Bool?, quiet: Bool?, by caller: Caller) async throws(RoadsideError) {
        try caller.require(.provider, toDo: "go on duty")
        var changes = Document()
        changes.append("quiet", ifPresent: quiet)
        guard let isOn else { return try await write(changes, by: caller) }
        var whole = changes
        whole.append("availability", (isOn ? Availability.available : .offline).rawValue)
        do {
            try await writeWithoutJob(whole, by: caller)
        } catch  where error.code == .providerBusy && isOn {
            // He is on duty: the job says so.
            return try await write(changes, by: caller)
        }
        if isOn { try await dispatch.offerOpenJobs(to: caller.userID) }
    }

    /// Replaces his working hours; none stands for any time. They are meant by the clocks of the zone he is in, or else of
    /// the market.
    ///
    /// - Throws: `VALIDATION_ERROR` for more than 21 shifts, `FORBIDDEN` for anybody but a provider.
    public func setShifts(_ shifts: [Shift], by caller: Caller) async throws(RoadsideError) {
        try caller.require(.provider, toDo: "set shifts")
        guard shifts.count <= Self.mostShifts else {
            throw .validation([FieldIssue(name: "shifts", message: "Give at most \(Self.mostShifts).")])
        }
        let calendar = try await dependencies.calendar(of: caller.userID)
        try await write(
            [
                "shift": .array(shifts.map { .document($0.document) }),
                "shift_utc_minutes": .int32(Int32(calendar.minutesFromUTC)),
            ], by: caller)
    }

    /// Replaces his licence.
    ///
    /// - Parameter expiresOn: its last day, `2027-03-31`, by the clocks of the zone he is in.
    /// - Throws: `VALIDATION_ERROR` with every issue; `PROVIDER_BUSY` during a job (U23); `FORBIDDEN` for anybody but a
    ///   provider.
    public func setLicence(
        classes: [String], number: String, expiresOn: String, by caller: Caller
    ) async throws(RoadsideError) {
        try caller.require(.provider, toDo: "set a licence")
        let calendar = try await dependencies.calendar(of: caller.userID)
        let (checked, issues) = LicenceDraft(classes: classes, number: number, expiresOn: expiresOn)
            .checked(by: calendar)
        guard let licence = checked else { throw .validation(issues) }
        try await writeWithoutJob(["licence": .document(licence.document)], by: caller)
    }

    /// Replaces the list of what he carries himself. Naming nothing says that he has none of it.
    ///
    /// - Parameter codes: of the reference data's equipment, in any spelling of case, spaces and hyphens.
    /// - Throws: `VALIDATION_ERROR`; `PROVIDER_BUSY` during a job; `FORBIDDEN` for anybody but a provider.
    public func setEquipment(_ codes: [String], by caller: Caller) async throws(RoadsideError) {
        try caller.require(.provider, toDo: "set equipment")
        let (known, issue) = dependencies.reference.current.knownEquipment(codes)
        if let issue { throw .validation([issue]) }
        try await writeWithoutJob(["equipment": .array(known.map(BSONValue.string))], by: caller)
    }

    private static let mostShifts = 21
}

// Writing.
extension Providers {
    private func write(_ changes: Document, by caller: Caller) async throws(RoadsideError) {
        guard !changes.isEmpty else { return }
        guard try await update(["_id": .id(caller.userID)], changes) else { throw .notFound("Provider") }
    }

    /// Only while no job is in hand, asked in the update itself.
    private func writeWithoutJob(_ changes: Document, by caller: Caller) async throws(RoadsideError) {
        let free = try await update(ProviderProfile.hasNoJob.and(["_id": .id(caller.userID)]), changes)
        if !free { throw .hasJob }
    }

    private func update(_ filter: Document, _ changes: Document) async throws(RoadsideError) -> Bool {
        let update = ProviderProfile.update(setting: changes, at: dependencies.now())
        return try await store.database { () async throws(MongoError) in
            try await store.mechanics.updateOne(filter, update).matched == 1
        }
    }
}

extension ProviderProfile {
    /// Condition of an update that must not fall into a job.
    static let hasNoJob: Document = [
        "current_job": .null, "availability": ["$ne": .string(Availability.busy.rawValue)],
    ]
}

extension RoadsideError {
    static let hasJob = RoadsideError(
        .providerBusy, "You have a job in hand; finish it or give it back first.")
}

extension ReferenceData {
    /// Codes as the reference data spells them, each once; an issue when it does not know one.
    func knownEquipment(_ codes: [String]) -> (known: [String], issue: FieldIssue?) {
        let all = equipmentCodes
        var known: [String] = []
        var issue: FieldIssue?
        for code in codes.map(Capabilities.normalized) {
            if !all.contains(code) {
                issue = FieldIssue(name: "equipment", message: "Name some of \(all.joined(separator: ", ")).")
            } else if !known.contains(code) {
                known.append(code)
            }
        }
        return (known, issue)
    }
}

extension Character {
    /// A letter or digit of ASCII, or a hyphen.
    var isASCIIWord: Bool { isASCII && (isLetter || isNumber || self == "-") }
}
