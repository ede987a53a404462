public import BSON
import Crypto
import Foundation
import Logging
import Mongo

/// Commands that are carried out once, however often they are sent (domain §4.8.1).
///
/// A key belongs to one caller and one route. The first request under it claims it by one insert; what that request is
/// answered is kept for a day and answered again to every other. What was refused without anything having happened is not
/// kept: the same key may be used again once the request is mended. Writes outside of transactions (a position, a
/// read mark, a counted try) may happen twice when a process dies in the middle of them, and do no harm twice.
public struct Idempotency: Sendable {
    /// What a request under a key has to do.
    public enum Beginning: Sendable {
        /// Carry the command out under this claim, then ``Idempotency/keep(_:of:)`` its answer or
        /// ``Idempotency/giveUp(_:)``.
        case carryOut(IdempotencyClaim)
        /// Answer this again.
        case replay(KeptAnswer)
        /// Say that the command was carried out and its answer lost. The job, if it opened one, is where to look.
        case answerLost(job: ObjectID?)
    }

    private let dependencies: Dependencies
    private var store: Store { dependencies.store }

    init(_ dependencies: Dependencies) { self.dependencies = dependencies }

    /// Claims the key of a command, or tells what became of the command that came under it before.
    ///
    /// - Throws: `IDEMPOTENCY_KEY_REUSED` when that was another body, `IDEMPOTENCY_IN_PROGRESS` while it is being carried
    ///   out and for as long as its holder, who may have died, has his lease.
    public func begin(_ command: KeyedCommand, by caller: Caller) async throws(RoadsideError) -> Beginning {
        let claim = IdempotencyClaim(id: Self.id(of: command, by: caller))
        let now = dependencies.now()
        let fresh = Self.document(claim, command, by: caller, at: now, dependencies.settings)
        // Whoever loses a round has seen somebody else's claim come or go; three rounds without an end are a rush.
        for _ in 0..<3 {
            if try await insert(fresh) { return .carryOut(claim) }
            let found = try await store.database { () async throws(MongoError) in
                try await store.idempotencyKeys.findOne(["_id": .string(claim.id)])
            }
            guard let record = IdempotencyRecord(found) else { continue }
            // The database sweeps once a minute.
            if record.expiresAt <= now {
                if try await replace(record, by: fresh) { return .carryOut(claim) }
                continue
            }
            guard record.bodyHash == Self.hash(command.body) else { throw .keyReused }
            switch record.state {
            case .done: return .replay(try answer(of: record, claim.id))
            case .claimed, .committed:
                guard record.leaseUntil <= now else { throw .commandInProgress }
                if record.state == .committed { return .answerLost(job: record.job) }
                if try await replace(record, by: fresh) { return .carryOut(claim) }
            }
        }
        throw .commandInProgress
    }

    /// Keeps an answer. That it could not be kept is no failure of the command: whoever repeats it hears what is known.
    public func keep(_ answer: KeptAnswer, of claim: IdempotencyClaim) async {
        await settle("An answer could not be kept under its idempotency key") { () async throws(RoadsideError) in
            let sealed = try dependencies.sealer.seal(answer.body, for: Self.place(claim.id))
            let kept = IdempotencyRecord.Answer(answer, sealedBody: sealed).document
            _ = try await store.database { () async throws(MongoError) in
                try await store.idempotencyKeys.updateOne(
                    ["_id": .string(claim.id), "holder": .id(claim.holder)],
                    ["$set": ["state": .string(IdempotencyRecord.State.done.rawValue), "answer": .document(kept)]])
            }
        }
    }

    /// Frees the key of a command of which nothing was committed. It stays when something was, or may have been: the
    /// database lets the two writes follow each other.
    public func giveUp(_ claim: IdempotencyClaim) async {
        await settle("An idempotency key could not be given up") { () async throws(RoadsideError) in
            _ = try await store.database { () async throws(MongoError) in
                try await store.idempotencyKeys.deleteOne(
                    [
                        "_id": .string(claim.id), "holder": .id(claim.holder),
                        "state": .string(IdempotencyRecord.State.claimed.rawValue),
                    ])
            }
        }
    }

    /// The request's own deadline may have passed, which is just when it matters what is written here.
    private func settle(_ trouble: Logger.Message, _ write: () async throws(RoadsideError) -> Void) async {
        do {
            try await Deadline.$scoped.withValue(.after(Self.patience)) { try await write() }
        } catch {
            dependencies.logger.warning(trouble, metadata: ["error": "\(error)"])
        }
    }

    private static let patience: Duration = .seconds(5)
}

extension Idempotency {
    /// False when there is such a document already.
    private func insert(_ document: Document) async throws(RoadsideError) -> Bool {
        do throws(MongoError) {
            try await store.idempotencyKeys.insert(document)
            return true
        } catch {
            guard error.code == .duplicateKey else { throw RoadsideError(error) }
            return false
        }
    }

    /// False when the document has changed meanwhile: its holder was alive, or somebody else was quicker.
    private func replace(_ record: IdempotencyRecord, by fresh: Document) async throws(RoadsideError) -> Bool {
        guard let id = fresh["_id"] else { return false }
        let result = try await store.database { () async throws(MongoError) in
            try await store.idempotencyKeys.replaceOne(
                ["_id": id, "holder": .id(record.holder), "state": .string(record.state.rawValue)], fresh)
        }
        return result.matched == 1
    }

    private func answer(of record: IdempotencyRecord, _ id: String) throws(RoadsideError) -> KeptAnswer {
        guard let kept = record.answer, let body = dependencies.sealer.open(kept.sealedBody, for: Self.place(id)) else {
            throw .broken("an answer under an idempotency key does not open")
        }
        return KeptAnswer(status: kept.status, headers: kept.headers, body: body)
    }

    private static func document(
        _ claim: IdempotencyClaim, _ command: KeyedCommand, by caller: Caller, at now: Date,
        _ settings: RoadsideSettings
    ) -> Document {
        [
            "_id": .string(claim.id), "user_id": .id(caller.userID), "route": .string(command.route),
            "body_hash": .string(hash(command.body)),
            "state": .string(IdempotencyRecord.State.claimed.rawValue), "holder": .id(claim.holder),
            "created_at": .date(now),
            "lease_until": .date(now.addingTimeInterval(settings.idempotencyLease.timeInterval)),
            "expires_at": .date(now.addingTimeInterval(settings.idempotencyLifetime.timeInterval)),
        ]
    }

    /// A line break is in no key and in no path, so no two triples look alike.
    private static func id(of command: KeyedCommand, by caller: Caller) -> String {
        hash(Array("\(caller.userID)\n\(command.route)\n\(command.key.text)".utf8))
    }

    private static func hash(_ bytes: [UInt8]) -> String {
        Data(SHA256.hash(data: bytes)).base64EncodedString()
    }

    private static func place(_ id: String) -> String { "idempotency:\(id)" }
}

extension RoadsideError {
    fileprivate static let keyReused = RoadsideError(
        .idempotencyKeyReused, "This Idempotency-Key came with another body before. Every command needs its own.")
}
