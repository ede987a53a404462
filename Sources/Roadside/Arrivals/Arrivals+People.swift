import BSON
import Foundation
import Mongo
import RoadsideRules
import Synchronization

extension Arrivals {
    /// Writes those who are not there yet, each as a registration would have left him, but without a session.
    ///
    /// - Parameters:
    ///   - people: at most ``batch``.
    ///   - rehearsal: nothing is written, and what would have been is noted there.
    /// - Returns: what became of each, in their order.
    public func admit(
        _ people: [Newcomer], rehearsal: Rehearsal? = nil
    ) async throws(RoadsideError) -> [Outcome] {
        let now = dependencies.now()
        let drafts = people.map { newcomer -> Result<AccountDraft, RoadsideError> in
            Result { () throws(RoadsideError) in
                try AccountDraft(newcomer, settings: settings, reference: dependencies.reference.current)
            }
        }
        var outcomes: [Outcome] = []
        try await commit { () async throws(RoadsideError) in
            outcomes = try await outcome(of: people, drafts, rehearsal)
            let accepted = people.indices.filter { outcomes[$0] == .new }
            guard rehearsal == nil, !accepted.isEmpty else { return nil }
            let first = try await store.nextNumbers(.users, accepted.count)
            var (users, mechanics) = ([Document](), [Document]())
            for (number, index) in zip(first..., accepted) {
                guard case .success(let draft) = drafts[index] else { continue }
                users.append(user(people[index], draft, number: number, at: now))
                if let profile = mechanic(people[index], draft, number: number, at: now) { mechanics.append(profile) }
            }
            return { [users, mechanics] transaction in
                try transaction.users.insert(contentsOf: users)
                if !mechanics.isEmpty { try transaction.mechanics.insert(contentsOf: mechanics) }
            }
        }
        return outcomes
    }

    /// What stands in whose way: their own mistakes, somebody before them in the batch, or an account that is there.
    private func outcome(
        of people: [Newcomer], _ drafts: [Result<AccountDraft, RoadsideError>], _ rehearsal: Rehearsal?
    ) async throws(RoadsideError) -> [Outcome] {
        var (origins, owners) = try await taken(by: people, drafts)
        var outcomes: [Outcome] = []
        for (newcomer, draft) in zip(people, drafts) {
            let id = newcomer.origin.objectID
            switch draft {
            case .failure(let problem):
                outcomes.append(.refused(problem.reason))
            case .success(let draft):
                if let known = origins[id] {
                    outcomes.append(known == newcomer.origin ? .known : .refused("somebody else has this id here"))
                    continue
                }
                let addresses = draft.addresses.map(\.text)
                let rehearsed = rehearsal?.state.withLock { state in
                    state.people[id] != nil || addresses.contains { state.addresses.contains($0) }
                }
                if let clash = draft.addresses.first(where: { owners[$0.text] != nil })
                    ?? (rehearsed == true
                        ? draft.addresses.first : nil)
                {
                    let what = clash.kind == .email ? "e-mail address" : "phone number"
                    outcomes.append(.refused("\(clash.kind.rawValue): another account has this \(what)"))
                    continue
                }
                origins[id] = .some(newcomer.origin)
                for address in addresses { owners[address] = id }
                rehearsal?.state.withLock { state in
                    state.people[id] = newcomer.role
                    state.addresses.formUnion(addresses)
                }
                outcomes.append(.new)
            }
        }
        return outcomes
    }

    /// Of the accounts that any of these might collide with: where each came from, and who has which address.
    private func taken(
        by people: [Newcomer], _ drafts: [Result<AccountDraft, RoadsideError>]
    ) async throws(RoadsideError) -> (origins: [ObjectID: Origin?], owners: [String: ObjectID]) {
        let good = drafts.compactMap { try? $0.get() }
        func among(_ values: [BSONValue]) -> BSONValue { ["$in": .array(values)] }
        let filter: Document = [
            "$or": [
                ["_id": among(people.map { .id($0.origin.objectID) })],
                ["email": among(good.filter { !$0.email.isEmpty }.map { .string($0.email) })],
                ["phone": among(good.filter { !$0.phone.isEmpty }.map { .string($0.phone) })],
            ]
        ]
        let users = try await store.database { () async throws(MongoError) in
            try await store.users.find(filter, projection: ["email": 1, "phone": 1, Origin.field: 1])
        }
        var (origins, owners) = ([ObjectID: Origin?](), [String: ObjectID]())
        for user in users {
            guard let id: ObjectID = user.get("_id") else { continue }
            origins[id] = .some(Origin(user.get(Origin.field)))
            for address in ContactAddress.all(of: user) { owners[address.text] = id }
        }
        return (origins, owners)
    }

    private func user(_ newcomer: Newcomer, _ draft: AccountDraft, number: Int64, at now: Date) -> Document {
        let createdAt = min(newcomer.createdAt ?? now, now)
        var user = draft.user(
            id: newcomer.origin.objectID, number: number, passwordHash: newcomer.passwordHash,
            isEmailProven: newcomer.isEmailProven && !draft.email.isEmpty,
            isPhoneProven: newcomer.isPhoneProven && !draft.phone.isEmpty, isActive: newcomer.isActive, at: createdAt)
        user.append(Origin.field, newcomer.origin.document)
        return user
    }

    /// As a registration leaves it, with what the other system knew besides.
    private func mechanic(
        _ newcomer: Newcomer, _ draft: AccountDraft, number: Int64, at now: Date
    ) -> Document? {
        let work = newcomer.work ?? Newcomer.Work()
        guard
            var profile = draft.profile(
                id: newcomer.origin.objectID, number: number, isVerified: work.isVerified ?? settings.autoVerify)
        else { return nil }
        profile.availability = work.availability
        profile.isActive = newcomer.isActive
        if let rating = work.rating { (profile.rating, profile.ratingCount) = rating }
        profile.work.licence = work.licence
        return profile.document(createdAt: min(newcomer.createdAt ?? now, now))
    }
}
