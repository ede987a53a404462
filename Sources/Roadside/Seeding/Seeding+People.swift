import BSON
import Foundation
import Mongo
import RoadsideRules

extension Seeding {
    /// Writes the people from the run's mark on.
    ///
    /// - Returns: how many were left out because somebody else has their address or number.
    func people(
        _ stage: SeedRun.Stage, _ total: Int, _ run: SeedRun, hash: String,
        _ progress: @Sendable (SeedProgress) -> Void, _ person: (Int) -> SeedPerson
    ) async throws(RoadsideError) -> Int {
        var leftOut = 0
        while true {
            let from = try await mark(stage, of: run)
            progress(SeedProgress(what: stage.rawValue, done: min(from, total), total: total))
            guard from < total else { return leftOut }
            let to = min(from + Self.batch, total)
            leftOut += try await write((from..<to).map(person), stage, run, from: from, to: to, hash: hash)
        }
    }

    private func write(
        _ people: [SeedPerson], _ stage: SeedRun.Stage, _ run: SeedRun, from: Int, to: Int, hash: String
    ) async throws(RoadsideError) -> Int {
        var free = people
        while true {
            let first = try await store.nextNumbers(.users, free.count)
            let numbered = zip(first..., free)
            let users = numbered.map { $1.user(number: $0, passwordHash: hash, anchor: run.anchor) }
            let mechanics = numbered.compactMap { $1.mechanic(number: $0, anchor: run.anchor) }
            do throws(RoadsideError) {
                let isWritten = try await write(stage, of: run, from: from, to: to) { transaction in
                    try transaction.users.insert(contentsOf: users)
                    try transaction.mechanics.insert(contentsOf: mechanics)
                }
                return isWritten ? people.count - free.count : 0
            } catch {
                guard [.emailTaken, .phoneTaken, .conflict].contains(error.code) else { throw error }
                let remaining = try await unknown(free)
                // Something else collides, which trying again would not mend.
                guard remaining.count < free.count else { throw error }
                free = remaining
            }
        }
    }

    /// Those whom no account stands in the way of.
    private func unknown(_ people: [SeedPerson]) async throws(RoadsideError) -> [SeedPerson] {
        let taken: Document = [
            "$or": [
                ["_id": ["$in": .array(people.map { .id($0.id) })]],
                ["email": ["$in": .array(people.map { .string($0.email) })]],
                ["phone": ["$in": .array(people.map { .string($0.phone) })]],
            ]
        ]
        let users = try await store.database { () async throws(MongoError) in
            try await store.users.find(taken, projection: ["email": 1, "phone": 1])
        }
        let ids = Set(users.compactMap { $0.get("_id", as: ObjectID.self) })
        let addresses = Set(users.flatMap { [$0.get("email") ?? "", $0.get("phone") ?? ""] })
        return people.filter { !ids.contains($0.id) && !addresses.contains($0.email) && !addresses.contains($0.phone) }
    }
}
