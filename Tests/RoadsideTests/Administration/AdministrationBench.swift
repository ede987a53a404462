import BSON
import Foundation
import Gateways
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

/// The town of the jobs, with accounts and those who look after it.
struct AdministrationBench: Sendable {
    let world: JobsWorld
    let accounts: Accounts
    let administration: Administration
    let admin: Caller
    let letters: LetterBox

    var store: Store { world.store }

    static func with(
        clock: MovableClock? = nil, _ adjust: (inout RoadsideSettings) -> Void = { _ in },
        _ story: (AdministrationBench) async throws -> Void
    ) async throws {
        try await JobsWorld.with(clock: clock) {
            $0.bcryptCost = Bcrypt.costs.lowerBound
            $0.dashboardLifetime = .zero
            adjust(&$0)
        } _: { world in
            let letters = LetterBox()
            let accounts = Accounts(
                world.dependencies, tokens: await JWTAccessTokens(world.dependencies.secrets.tokens),
                delivery: letters, inbox: world.inbox, dispatch: world.dispatch)
            let administration = Administration(
                world.dependencies, accounts: accounts, jobs: world.jobs, inbox: world.inbox,
                attendance: Attendance(world.dependencies))
            try await story(
                AdministrationBench(
                    world: world, accounts: accounts, administration: administration, admin: try await world.admin(),
                    letters: letters))
        }
    }

    /// People as an old system would have left them: with neither words nor a switch.
    func bringOver(_ people: [(name: String, email: String, phone: String)]) async throws {
        for person in people {
            try await store.users.insert([
                "_id": .id(ObjectID()), "number": .int64(try await store.nextNumber(.users)), "roles": ["customer"],
                "name": .string(person.name), "email": .string(person.email), "phone": .string(person.phone),
                "created_at": .date(Date()),
            ])
        }
    }

    /// Names of the accounts that a search finds, in the order of the alphabet.
    func found(_ search: String) async throws -> [String] {
        let page = try await administration.users(AccountFilter(search: search), .page(1, perPage: 100), for: admin)
        return page.items.map(\.account.name).sorted()
    }

    /// A job that is over, as its document has it.
    func closedJob(
        _ type: String = "breakdown", status: JobStatus = .completed, at closedAt: Date, shillings: Int64 = 1500,
        currency: String = "KES"
    ) async throws {
        let id = ObjectID()
        try await store.services.insert([
            "_id": .id(id), "number": .int64(try await store.nextNumber(.jobs)), "version": 1,
            "status": .string(status.rawValue), "channel": "fixoncall", "customer_id": .id(admin.userID),
            "service_type": .string(type), "location": .document(JobsWorld.center.geoJSON),
            "estimate": ["minor_units": .int64(shillings * 100), "currency": .string(currency), "scale": 2],
            "created_at": .date(closedAt), "updated_at": .date(closedAt), "closed_at": .date(closedAt),
        ])
    }
}
