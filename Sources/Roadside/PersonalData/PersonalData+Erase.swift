import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

extension PersonalData {
    /// Erases the caller's account: at once whatever he signs in with and is found by, his sessions and his sockets; then,
    /// before this returns or soon after, the rest (``Erasure``). His addresses are free again.
    ///
    /// - Throws: `VALIDATION_ERROR` for a wrong password; `CONFLICT` while he has an open job, owns a company, or is the
    ///   last admin; `RATE_LIMITED` after too many wrong passwords; `OVERLOADED`.
    public func erase(
        _ caller: Caller, password: String, from visitor: Visitor = Visitor()
    ) async throws(RoadsideError) {
        let user = try await accounts.reauthenticate(caller, password: password, from: visitor)
        let (id, now) = (caller.userID, dependencies.now())
        let rows = try await store.transaction { transaction -> [InboxRow] in
            try Self.refuseWhileNeeded(id, in: transaction)
            if caller.role == .admin { try Accounts.keepAnAdmin(besides: id, in: transaction) }
            guard try transaction.users.deleteOne(["_id": .id(id)]) == 1 else { throw RoadsideError.invalidToken }
            if caller.role == .provider,
                try transaction.mechanics.deleteOne(["_id": .id(id), "current_job": .null]) == 0
            {
                throw Self.hasJob
            }
            try transaction.sessions.deleteMany(["user_id": .id(id)])
            // Invitations of his address that came to nothing. One that waits may be somebody else's, and goes by itself.
            if let email: String = user.get("email"), !email.isEmpty {
                for state in [InvitationState.revoked, .expired] {
                    try transaction.invitations.deleteMany(
                        Invitation.condition(state, at: now).and(["email": .string(email)]))
                }
            }
            try transaction.companies.updateMany(
                ["members.provider_id": .id(id)],
                [
                    "$pull": ["members": ["provider_id": .id(id)]], "$set": ["updated_at": .date(now)],
                    "$inc": ["version": .int64(1)],
                ])
            try transaction.erasures.insert(Erasure(user: id).document(at: now))
            return try inbox.append(
                [Accounts.revocation(of: id, session: nil, reason: "account_erased")], in: transaction)
        }
        dependencies.gate.forget(id)
        inbox.ring(rows)
        await accounts.notify(.accountErased, user)
        await finish(Erasure(user: id))
    }

    /// Finishes erasures that a server began and did not end, and forgets old invitations, until the task is cancelled.
    public func run() async {
        let pause = Wakeup()
        while !Task.isCancelled {
            do throws(RoadsideError) {
                try await resume()
                try await accounts.forgetInvitations()
            } catch {
                dependencies.logger.warning(
                    "What is due to be erased is left for later", metadata: ["error": "\(error)"])
            }
            await pause.wait(atMost: Self.poll)
        }
    }

    /// Carries on whatever is due. Any number of servers may do it at once.
    func resume() async throws(RoadsideError) {
        let due: Document = ["next_at": ["$lte": .date(dependencies.now())]]
        let documents = try await store.database { () async throws(MongoError) in
            try await store.erasures.find(due, limit: 100)
        }
        for erasure in documents.compactMap(Erasure.init) { await finish(erasure) }
    }

    /// What fails is tried again when it is due.
    private func finish(_ erasure: Erasure) async {
        do throws(RoadsideError) {
            try await erasure.carryOut(store, at: dependencies.now())
        } catch {
            dependencies.logger.warning("An erasure will be carried on later", metadata: ["error": "\(error)"])
        }
    }

    /// Others count on him while a job is open, and on the owner of their company.
    private static func refuseWhileNeeded(_ id: ObjectID, in transaction: MongoTransaction) throws {
        let open: Document = [
            "status": ["$in": .array(JobStatus.allCases.filter(\.isOpen).map { .string($0.rawValue) })]
        ]
        for side in ["customer_id", "assigned_to"] {
            let his: Document = [side: .id(id)]
            if try transaction.services.findOne(his.and(open), projection: ["_id": 1]) != nil { throw hasJob }
        }
        let owned = try transaction.companies.findOne(
            [
                "members.provider_id": .id(id),
                "members": [
                    "$elemMatch": ["provider_id": .id(id), "role": .string(Company.Role.owner.rawValue)]
                ],
            ], projection: ["_id": 1])
        if owned != nil { throw RoadsideError(.conflict, "Dissolve your company first; its members count on you.") }
    }

    private static let hasJob = RoadsideError(
        .conflict, "You have a job that is not over; finish or cancel it first.")
    /// Between two looks for erasures that were left. Ours.
    private static let poll: Duration = .seconds(30)
}
