public import BSON
public import FoundationEssentials
public import RoadsideRules

/// Something one side of a job has written to the other: a document of `messages`.
public struct ChatMessage: Sendable, Hashable {
    public let id: ObjectID
    public let jobID: ObjectID
    /// Its place among the messages of the job, from 1, without gaps.
    public let seq: Int64
    public let senderID: ObjectID
    /// The sender's: customer or provider.
    public let side: Role
    public let text: String
    public let createdAt: Date
}

extension ChatMessage {
    init?(_ document: Document?) {
        guard let document, let id: ObjectID = document.get("_id"), let jobID: ObjectID = document.get("job_id"),
            let seq: Int64 = document.get("seq"), let senderID: ObjectID = document.get("sender_id"),
            let side = document.get("role").flatMap(Role.init(rawValue:)), let text: String = document.get("text"),
            let createdAt: Date = document.get("created_at")
        else { return nil }
        self.init(
            id: id, jobID: jobID, seq: seq, senderID: senderID, side: side, text: text, createdAt: createdAt)
    }

    /// - Parameter provider: who holds the job; a provider reads what was written while he did, and nothing else.
    func document(provider: ObjectID) -> Document {
        [
            "_id": .id(id), "job_id": .id(jobID), "seq": .int64(seq), "sender_id": .id(senderID),
            "role": .string(side.rawValue), "provider_id": .id(provider), "text": .string(text),
            "created_at": .date(createdAt),
        ]
    }
}

/// A slice of what the sides of a job have written, and how far each has read.
public struct Conversation: Sendable {
    /// Oldest first.
    public let messages: Page<ChatMessage>
    /// The `seq` up to which each side says to have read; 0 before it has said so.
    public let read: [Role: Int64]
}
