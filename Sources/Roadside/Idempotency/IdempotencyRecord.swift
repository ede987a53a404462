import BSON
import FoundationEssentials

/// One document of `idempotency_keys`.
///
/// Its `_id` is a digest of caller, route and key, so that the index every collection has is the one that lets a single
/// claim through. The key itself is not kept.
struct IdempotencyRecord: Sendable {
    enum State: String, Sendable {
        /// Being carried out; nothing is committed.
        case claimed
        /// Something of it is committed; the answer is not kept yet, or was lost.
        case committed
        /// Answered, and the answer is kept.
        case done
    }

    let state: State
    let holder: ObjectID
    let bodyHash: String
    let leaseUntil: Date
    let expiresAt: Date
    /// The job it opened, as far as it got.
    let job: ObjectID?
    let answer: Answer?

    struct Answer: Sendable {
        let status: Int
        let headers: [KeptAnswer.Header]
        /// Sealed: answers show start codes.
        let sealedBody: String
    }
}

extension IdempotencyRecord {
    init?(_ document: Document?) {
        guard let document, let state = document.get("state").flatMap(State.init(rawValue:)),
            let holder: ObjectID = document.get("holder"), let bodyHash: String = document.get("body_hash"),
            let leaseUntil: Date = document.get("lease_until"), let expiresAt: Date = document.get("expires_at")
        else { return nil }
        self.state = state
        self.holder = holder
        self.bodyHash = bodyHash
        self.leaseUntil = leaseUntil
        self.expiresAt = expiresAt
        job = document.get("job_id")
        answer = Answer(document.get("answer"))
    }
}

extension IdempotencyRecord.Answer {
    init?(_ document: Document?) {
        guard let document, let status: Int = document.get("status"), let body: String = document.get("body") else {
            return nil
        }
        self.status = status
        sealedBody = body
        headers = (document.get("headers", as: [Document].self) ?? []).compactMap { header in
            guard let name: String = header.get("name"), let value: String = header.get("value") else { return nil }
            return KeptAnswer.Header(name: name, value: value)
        }
    }

    init(_ answer: KeptAnswer, sealedBody: String) {
        status = answer.status
        headers = answer.headers
        self.sealedBody = sealedBody
    }

    var document: Document {
        [
            "status": .int32(Int32(clamping: status)),
            "headers": .array(headers.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "body": .string(sealedBody),
        ]
    }
}
