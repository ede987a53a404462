public import BSON
import FoundationEssentials
import Logging
import Mongo
public import RoadsideRules

/// What providers show to prove who they are and what they may do, and what admins say to it.
///
/// Until when a provider's approved papers are valid stands in his profile as well (`mechanics.papers`), where searches
/// hold it against the database's clock: nothing has to happen at midnight for a paper to have expired. A job that he has
/// is not touched by any of it.
public struct Papers: Sendable {
    let dependencies: Dependencies
    let inbox: Inbox
    private let dispatch: Dispatch

    init(_ dependencies: Dependencies, inbox: Inbox, dispatch: Dispatch) {
        self.dependencies = dependencies
        self.inbox = inbox
        self.dispatch = dispatch
    }

    var store: Store { dependencies.store }

    /// Hands in a paper, to be looked at by an admin. It takes the uploaded file into use.
    ///
    /// - Throws: `VALIDATION_ERROR` with every wrong field; `CONFLICT` while another paper of this kind waits, and for who
    ///   has handed in as many as are kept; `FORBIDDEN` for anybody but a provider.
    public func submit(_ draft: PaperDraft, by caller: Caller) async throws(RoadsideError) -> Paper {
        try caller.require(.provider, toDo: "hand in documents")
        let (number, expiresAt) = try await checked(draft, of: caller)
        let now = dependencies.now()
        let id = ObjectID()
        var document: Document = [
            "_id": .id(id), "provider_id": .id(caller.userID), "kind": .string(draft.kind.rawValue),
            "number": .string(number), "upload_id": .id(draft.uploadID), "state": .string(PaperState.pending.rawValue),
            "expires_at": .date(expiresAt ?? Paper.never), "created_at": .date(now),
        ]
        document.append("expires_on", ifPresent: expiresAt == nil ? nil : draft.expiresOn)
        let row = document
        return try await store.transaction { transaction in
            let papers = transaction.providerDocuments
            guard try papers.count(["provider_id": .id(caller.userID)]) < Self.most else {
                throw RoadsideError(.conflict, "You have handed in \(Self.most) documents.")
            }
            try transaction.useUpload(draft.uploadID, of: caller.userID, for: .document, field: "upload_id", at: now)
            try papers.insert(row)
            guard let paper = Paper(row, at: now) else { throw RoadsideError.broken("a paper cannot be read") }
            return paper
        }
    }

    /// One's own papers, newest first.
    public func mine(_ request: PageRequest, by caller: Caller) async throws(RoadsideError) -> Page<Paper> {
        try caller.require(.provider, toDo: "have documents")
        let now = dependencies.now()
        let page = try await store.page(store.providerDocuments, caller.condition(on: .paper), request)
        return page.replacing(page.items.compactMap { Paper($0, at: now) })
    }

    /// Takes back a paper that nobody has decided about, and its file with it.
    ///
    /// - Throws: `NOT_FOUND`; `CONFLICT` for one that has been decided about.
    public func withdraw(_ paper: ObjectID, by caller: Caller) async throws(RoadsideError) {
        try caller.require(.provider, toDo: "have documents")
        let now = dependencies.now()
        try await store.transaction { transaction in
            let mine = caller.condition(on: .paper).and(["_id": .id(paper)])
            guard let found = Paper(try transaction.providerDocuments.findOne(mine), at: now) else {
                throw RoadsideError.notFound("Document")
            }
            let pending = mine.and(["state": .string(PaperState.pending.rawValue)])
            guard try transaction.providerDocuments.deleteOne(pending) == 1 else {
                throw RoadsideError(.conflict, "This document has been decided about; it stays.")
            }
            try transaction.releaseUpload(found.uploadID, at: now)
        }
    }

    private func checked(
        _ draft: PaperDraft, of caller: Caller
    ) async throws(RoadsideError) -> (number: String, expiresAt: Date?) {
        var issues: [FieldIssue] = []
        let number = ContactRules.displayName(draft.number)
        if number.map({ (3...40).contains($0.unicodeScalars.count) }) != true {
            issues.append(FieldIssue(name: "number", message: "Give its number, 3 to 40 characters."))
        }
        var expiresAt: Date?
        if let day = draft.expiresOn {
            let calendar = try await dependencies.calendar(of: caller.userID)
            expiresAt = calendar.end(ofDay: day)
            if expiresAt.map({ $0 > dependencies.now() }) != true {
                issues.append(FieldIssue(name: "expires_on", message: "Give a day to come, such as 2027-03-31."))
            }
        } else if draft.kind.alwaysExpires {
            issues.append(FieldIssue(name: "expires_on", message: "is required for this kind"))
        }
        guard let number, issues.isEmpty else { throw .validation(issues) }
        return (number, expiresAt)
    }

    /// So many a provider may hand in, ever: five kinds, renewed for years. Ours.
    private static let most = 100
}

// For admins.
extension Papers {
    /// Papers of everybody, newest first.
    ///
    /// - Parameter state: those in it only; nil for all.
    /// - Throws: `FORBIDDEN` for anybody but an admin.
    public func all(
        in state: PaperState?, _ request: PageRequest, for caller: Caller
    ) async throws(RoadsideError) -> Page<SubmittedPaper> {
        try caller.require(.admin, toDo: "review documents")
        let now = dependencies.now()
        let page = try await store.page(
            store.providerDocuments, state.map { Paper.condition($0, at: now) } ?? [:], request)
        let papers = page.items.compactMap { Paper($0, at: now) }
        return page.replacing(try await submitted(papers))
    }

    /// Approves a paper, or rejects it with a reason. Its provider is told when that is news.
    ///
    /// - Throws: `NOT_FOUND`; `CONFLICT` for one that was rejected or has expired and is to be approved; `VALIDATION_ERROR`
    ///   for a rejection without a reason or with one beyond 500 characters; `FORBIDDEN` for anybody but an admin.
    public func decide(
        _ id: ObjectID, _ verdict: Administration.Verdict, by caller: Caller
    ) async throws(RoadsideError) -> SubmittedPaper {
        try caller.require(.admin, toDo: "review documents")
        var reason: String?
        if case .rejected(let text) = verdict {
            reason = try Wording.reason(text)
            guard reason != nil else { throw .validation([FieldIssue(name: "reason", message: "is required")]) }
        }
        let (isApproved, why, now) = (reason == nil, reason, dependencies.now())
        let (paper, rows) = try await store.transaction { [inbox] transaction -> (Paper, [InboxRow]) in
            let papers = transaction.providerDocuments
            guard let paper = Paper(try papers.findOne(["_id": .id(id)]), at: now) else {
                throw RoadsideError.notFound("Document")
            }
            switch PaperRules.verdict(on: paper.state, approve: isApproved) {
            case .unchanged: return (paper, [])
            case .tooLate: throw RoadsideError(.conflict, "This document has been \(paper.state); ask for a new one.")
            case .changed: break
            }
            guard !isApproved || paper.expiresAt.map({ $0 > now }) ?? true else {
                throw RoadsideError(.conflict, "This document has expired meanwhile; ask for a new one.")
            }
            let after = try papers.findOneAndUpdate(
                ["_id": .id(id)], Self.decision(on: paper, why, by: caller.userID, at: now))
            guard let decided = Paper(after, at: now) else { throw RoadsideError.broken("a paper cannot be read") }
            try Self.keepValidity(of: paper.kind, for: paper.providerID, at: now, in: transaction)
            var decision: Document = ["state": .string(decided.state.rawValue)]
            decision.append("reason", ifPresent: why)
            try transaction.audit(
                AuditEvent(
                    action: isApproved ? .paperApproved : .paperRejected, subject: AuditSubject(.paper, id),
                    before: ["state": .string(paper.state.rawValue)], after: decision),
                by: AuditAuthor(caller), at: now)
            let entry = Self.notice(isApproved ? "paper.approved" : "paper.rejected", of: decided)
            return (decided, try inbox.append([entry], in: transaction))
        }
        inbox.ring(rows)
        if isApproved { await offerOpenJobs(to: paper.providerID) }
        guard let submitted = try await submitted([paper]).first else { throw .notFound("Document") }
        return submitted
    }

    private static func decision(on paper: Paper, _ reason: String?, by reviewer: ObjectID, at now: Date) -> Update {
        var set: Document = [
            "state": .string((reason == nil ? PaperState.approved : .rejected).rawValue),
            "reviewer_id": .id(reviewer), "decided_at": .date(now),
        ]
        if let reason {
            set.append("reason", reason)
            return ["$set": .document(set), "$unset": ["notice_at": ""]]
        }
        set.append("notice_at", ifPresent: paper.expiresAt?.addingTimeInterval(-PaperRules.warning))
        return ["$set": .document(set)]
    }

    /// Writes into the profile until when he has a valid paper of this kind: the one that lasts longest counts.
    private static func keepValidity(
        of kind: PaperKind, for provider: ObjectID, at now: Date, in transaction: MongoTransaction
    ) throws {
        let approved: Document = [
            "provider_id": .id(provider), "kind": .string(kind.rawValue),
            "state": .string(PaperState.approved.rawValue),
        ]
        let best = try transaction.providerDocuments.findOne(approved, sort: ["expires_at": -1])
        let field = "papers.\(kind.rawValue)"
        let update =
            if let end: Date = best?.get("expires_at") {
                ProviderProfile.update(setting: Document(fields: [(field, .date(end))]), at: now)
            } else {
                ProviderProfile.update(setting: [:], unsetting: [field], at: now)
            }
        try transaction.mechanics.updateOne(["_id": .id(provider)], update)
    }

    /// With the people they belong to.
    private func submitted(_ papers: [Paper]) async throws(RoadsideError) -> [SubmittedPaper] {
        let ids = Set(papers.map(\.providerID)).sorted()
        guard !ids.isEmpty else { return [] }
        let profiles = try await store.database { () async throws(MongoError) in
            try await store.mechanics.find(
                ["_id": ["$in": .array(ids.map(BSONValue.id))]], projection: ["number": 1, "name": 1])
        }
        let people = Dictionary(
            profiles.compactMap { profile -> (ObjectID, SubmittedPaper.Person)? in
                guard let id: ObjectID = profile.get("_id") else { return nil }
                return (id, .init(id: id, number: profile.get("number") ?? 0, name: profile.get("name") ?? ""))
            }
        ) { first, _ in first }
        return papers.compactMap { paper in
            people[paper.providerID].map { SubmittedPaper(paper: paper, provider: $0) }
        }
    }

    /// What was missing may have been the last. A failure costs him only the jobs that are older.
    private func offerOpenJobs(to provider: ObjectID) async {
        do throws(RoadsideError) {
            try await dispatch.offerOpenJobs(to: provider)
        } catch {
            dependencies.logger.warning(
                "Open jobs could not be offered to a provider whose paper was approved",
                metadata: ["error": "\(error)"])
        }
    }

    /// - Parameter message: `paper.` and what has become of it.
    static func notice(_ message: String, of paper: Paper) -> InboxEntry {
        var body = InboxBody(message: message)
        body.topic = "account"
        body.title = paper.kind.rawValue
        body.text = paper.expiresOn
        body.reason = paper.reason
        return InboxEntry(recipient: paper.providerID, kind: .message, routes: [], body: body)
    }
}
