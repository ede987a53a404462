import BSON
import FoundationEssentials
import Mongo
public import RoadsideRules

/// What the two sides of a job write to each other, from its acceptance until an hour after its end.
///
/// A message is a row of `messages` with the next number of its job, and a row in the inbox of the other side, written in
/// one transaction: so it arrives however he listens, and the list has it without a gap. Only the two sides read it: staff
/// do not, for nothing they decide needs the private words of two people. When a job changes hands, the next provider
/// reads what is written from then on, and the one before reads nothing any more.
public struct Chat: Sendable {
    private let dependencies: Dependencies
    private let inbox: Inbox
    private let reader: JobReader
    private var store: Store { dependencies.store }
    private var settings: RoadsideSettings { dependencies.settings }

    init(_ dependencies: Dependencies, inbox: Inbox) {
        self.dependencies = dependencies
        self.inbox = inbox
        reader = JobReader(dependencies: dependencies)
    }

    /// Writes to the other side.
    ///
    /// - Parameter text: at most 4096 bytes of UTF-8, without control characters.
    /// - Throws: `VALIDATION_ERROR`; `CONFLICT` while nobody has the job, and when it has been over for too long;
    ///   `RATE_LIMITED` (with `retry_after` in seconds) for who writes too much; `FORBIDDEN` for anybody but customers and
    ///   providers; `NOT_FOUND`.
    public func send(_ text: String, about reference: Reference, by caller: Caller) async throws(RoadsideError)
        -> ChatMessage
    {
        try caller.require(.customer, .provider, toDo: "write to people")
        guard let text = ChatRules.text(text) else {
            let most = ChatRules.bytes.upperBound
            throw .validation([
                FieldIssue(name: "text", message: "Write 1 to \(most) bytes of UTF-8, without control characters.")
            ])
        }
        let id = try await reader.record(reference, for: caller).id
        let now = dependencies.now()
        let (message, rows) = try await store.transaction { transaction in
            // He may have lost the job meanwhile.
            guard let job = JobRecord(try transaction.services.findOne(Self.job(id, of: caller))) else {
                throw RoadsideError.jobNotFound
            }
            try judge(job, at: now)
            guard let recipient = job.counterpart(of: caller), let provider = job.assignedTo else {
                throw RoadsideError.jobNotFound
            }
            try judgeRate(of: caller, at: now, in: transaction)
            // Locks the conversation: whoever writes at the same time comes after.
            let chat = try transaction.chats.findOneAndUpdate(
                ["_id": .id(id)], ["$inc": ["seq": .int64(1)]], returning: .after, upsert: true)
            guard let seq: Int64 = chat?.get("seq") else { throw RoadsideError.broken("a chat has no number") }
            let message = ChatMessage(
                id: ObjectID(), jobID: id, seq: seq, senderID: caller.userID, side: caller.role, text: text,
                createdAt: now)
            try transaction.messages.insert(message.document(provider: provider))
            return (message, try inbox.append([Self.notice(message, of: job, to: recipient)], in: transaction))
        }
        inbox.ring(rows)
        return message
    }

    /// What has been written, oldest first; new messages come last, so that slices by cursor have neither gap nor double.
    ///
    /// - Parameter request: by cursor; page numbers are not looked at.
    /// - Throws: `NOT_FOUND` for everybody but the two sides; `FORBIDDEN` for anybody but customers and providers;
    ///   `VALIDATION_ERROR` for a cursor that is none of ours.
    public func messages(
        of reference: Reference, _ request: PageRequest, for caller: Caller
    ) async throws(RoadsideError) -> Conversation {
        let job = try await job(reference, for: caller)
        let after = try request.cursor.map { text throws(RoadsideError) in try Self.place(text) } ?? 0
        var all: Document = ["job_id": .id(job.id)]
        if caller.role == .provider { all.append("provider_id", .id(caller.userID)) }
        let wanted = all
        let (documents, total, chat) = try await store.lease { lease throws(MongoError) in
            let messages = lease.collection("messages")
            return (
                try messages.find(
                    wanted.and(["seq": ["$gt": .int64(after)]]), sort: ["seq": 1], limit: request.perPage + 1),
                try messages.count(wanted), try lease.collection("chats").findOne(["_id": .id(job.id)])
            )
        }
        let messages = documents.prefix(request.perPage).compactMap(ChatMessage.init)
        let isLast = documents.count <= request.perPage
        return Conversation(
            messages: Page(
                items: messages, page: 1, perPage: request.perPage, total: total,
                nextCursor: isLast ? nil : messages.last.map { String($0.seq) }),
            read: Self.read(chat))
    }

    /// Says that everything up to `seq` has been read; less than was said before changes nothing.
    ///
    /// - Returns: how far each side has read now.
    /// - Throws: `VALIDATION_ERROR` for a message that is not there yet; `NOT_FOUND`, `FORBIDDEN`.
    public func markRead(
        upTo seq: Int64, of reference: Reference, by caller: Caller
    ) async throws(RoadsideError) -> [Role: Int64] {
        let job = try await job(reference, for: caller)
        let chat = try await store.database { () async throws(MongoError) in
            try await store.chats.findOneAndUpdate(
                ["_id": .id(job.id), "seq": ["$gte": .int64(seq)]],
                .document(["$max": .document(Document(fields: [("read.\(caller.role.rawValue)", .int64(seq))]))]))
        }
        guard let chat else {
            throw .validation([FieldIssue(name: "message_seq", message: "There is no such message yet.")])
        }
        return Self.read(chat)
    }
}

extension Chat {
    /// A job of which the caller is one of the two sides.
    private func job(_ reference: Reference, for caller: Caller) async throws(RoadsideError) -> JobRecord {
        try caller.require(.customer, .provider, toDo: "read what people write to each other")
        let job = try await reader.record(reference, for: caller)
        // A provider who is only offered it sees the job, and nothing of this.
        guard job.isParty(caller) else { throw .jobNotFound }
        return job
    }

    private func judge(_ job: JobRecord, at now: Date) throws(RoadsideError) {
        switch ChatRules.problem(
            isHeld: job.assignedTo != nil, endedAt: job.endedAt, afterSeconds: settings.chatAfter.timeInterval, now: now
        )
        {
        case .notTaken: throw RoadsideError(.conflict, "There is nobody to write to yet.")
        case .over: throw RoadsideError(.conflict, "This job has been over for too long to write about it.")
        case nil: return
        }
    }

    private func judgeRate(of caller: Caller, at now: Date, in transaction: MongoTransaction) throws {
        let most = settings.chatPerMinute
        let recent = try transaction.messages.find(
            ["sender_id": .id(caller.userID), "created_at": ["$gt": .date(now - Self.minute)]],
            sort: ["created_at": -1], projection: ["created_at": 1], limit: most)
        guard recent.count >= most, let oldest: Date = recent.last?.get("created_at") else { return }
        let wait = Self.minute - now.timeIntervalSince(oldest)
        throw RoadsideError(
            .rateLimited, "You write too much. Please wait a little.",
            details: [("retry_after", .int(Int64(max(1, wait.rounded(.up)))))])
    }

    private static func job(_ id: ObjectID, of caller: Caller) -> Document {
        let side = caller.role == .customer ? "customer_id" : "assigned_to"
        return Document(fields: [("_id", .id(id)), (side, .id(caller.userID))])
    }

    private static func notice(_ message: ChatMessage, of job: JobRecord, to recipient: ObjectID) -> InboxEntry {
        var body = InboxBody(message: InboxKind.chatMessage.rawValue)
        (body.jobID, body.jobNumber) = (job.id, job.number)
        (body.actor, body.senderID) = (message.side, message.senderID)
        body.title = message.side == .customer ? job.customer.name : job.provider?.name
        (body.text, body.messageID, body.messageSeq) = (message.text, message.id, message.seq)
        return InboxEntry(recipient: recipient, kind: .chatMessage, routes: [.chat], body: body)
    }

    private static func place(_ cursor: String) throws(RoadsideError) -> Int64 {
        guard let seq = Int64(cursor), seq >= 0, String(seq) == cursor else { throw .foreignCursor }
        return seq
    }

    private static func read(_ chat: Document?) -> [Role: Int64] {
        let read: Document = chat?.get("read") ?? [:]
        return [.customer: read.get("customer") ?? 0, .provider: read.get("provider") ?? 0]
    }

    private static let minute = 60.0
}

extension JobRecord {
    /// nil while it goes on.
    var endedAt: Date? { status.isTerminal ? events.last?.at ?? updatedAt : nil }
}
