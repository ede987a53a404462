import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Companies and their members")
struct FleetsTests {
    @Test("who makes a company owns it, and nobody else sees it")
    func create() async throws {
        try await JobsWorld.with { world in
            let (owner, stranger) = (try await world.provider("Owner"), try await world.provider("Stranger"))
            let fleet = try await world.fleets.create(name: "  Karibu  Towing ", by: owner)
            #expect(fleet.company.name == "Karibu Towing" && fleet.role == .owner && fleet.trucks.isEmpty)
            #expect(fleet.company.members.map(\.providerID) == [owner.userID])
            #expect(try await world.profile(of: owner).work.companyID == fleet.company.id)
            let unseen = try await refusalCode { _ = try await world.fleets.mine(stranger) }
            #expect(unseen == .notFound)
            let twice = try await refusalCode { _ = try await world.fleets.create(name: "Second", by: owner) }
            #expect(twice == .conflict)
            let nameless = try await refusalCode { _ = try await world.fleets.create(name: " ", by: stranger) }
            #expect(nameless == .validation)
            let customer = try await world.customer()
            let forbidden = try await refusalCode { _ = try await world.fleets.create(name: "X", by: customer) }
            #expect(forbidden == .forbidden)
            #expect(try await world.fleets.rename("Asante", by: owner).company.name == "Asante")
        }
    }

    @Test("nobody is a member before he has said so; then he sees names, and the owner sees where he stands")
    func invitation() async throws {
        try await JobsWorld.with { world in
            let (owner, crew) = (try await world.provider("Owner"), try await world.provider("Crew"))
            let company = try await world.fleets.create(name: "Karibu", by: owner).company
            let invited = try await world.fleets.invite(.id(crew.userID), by: owner)
            #expect(invited.company.members.map(\.hasJoined) == [true, false])
            #expect(invited.profiles[crew.userID] == nil)
            #expect(try await world.rows(of: crew).map(\.body.message) == ["company.invited"])
            #expect(try await world.rows(of: crew).first?.body.title == "Karibu")
            #expect(try await world.profile(of: crew).work.companyID == nil)
            let offered = try await world.fleets.invitations(of: crew)
            #expect(offered.map(\.id) == [company.id])
            #expect(offered.first?.members.map(\.providerID) == [crew.userID], "of the others he is told nothing yet")
            let outside = try await refusalCode { _ = try await world.fleets.mine(crew) }
            #expect(outside == .notFound)

            let seen = try await world.fleets.join(.id(company.id), by: crew)
            #expect(seen.role == .crew && seen.company.members.count == 2)
            #expect(Set(seen.profiles.keys) == [crew.userID])
            #expect(try await world.fleets.mine(owner).profiles[crew.userID]?.availability == .available)
            #expect(try await world.fleets.invitations(of: crew).isEmpty)
            let again = try await refusalCode { _ = try await world.fleets.join(.id(company.id), by: crew) }
            #expect(again == .notFound)
            let twice = try await refusalCode { _ = try await world.fleets.invite(.id(crew.userID), by: owner) }
            #expect(twice == .conflict)
        }
    }

    @Test("who was not invited does not get in, whoever he names; who declines is off the list")
    func strangers() async throws {
        try await JobsWorld.with { world in
            let (owner, other) = (try await world.provider("Owner"), try await world.provider("Other"))
            let company = try await world.fleets.create(name: "Karibu", by: owner).company
            for reference in [Reference.id(company.id), .id(ObjectID()), .number(1)] {
                let refused = try await refusalCode { _ = try await world.fleets.join(reference, by: other) }
                #expect(refused == .notFound)
            }
            _ = try await world.fleets.invite(.number(try await world.profile(of: other).number), by: owner)
            try await world.fleets.decline(.id(company.id), by: other)
            #expect(try await world.fleets.mine(owner).company.members.count == 1)
            let late = try await refusalCode { _ = try await world.fleets.join(.id(company.id), by: other) }
            #expect(late == .notFound)
            let nobody = try await failure { _ = try await world.fleets.invite(.id(ObjectID()), by: owner) }
            #expect(nobody?.fields.map(\.name) == ["provider_id"])
        }
    }

    @Test("managers manage, crew do not, and the owner is nobody's to change")
    func roles() async throws {
        try await JobsWorld.with { world in
            let cast = try await FleetCast(world)
            let stranger = try await world.provider("Stranger")
            for attempt in 0..<4 {
                let refused = try await refusalCode {
                    switch attempt {
                    case 0: _ = try await world.fleets.invite(.id(stranger.userID), by: cast.crew)
                    case 1: _ = try await world.fleets.add(FleetCast.flatbed("KAA1"), by: cast.crew)
                    case 2: _ = try await world.fleets.remove(.id(cast.other.userID), by: cast.crew)
                    default: _ = try await world.fleets.rename("Mine", by: cast.crew)
                    }
                }
                #expect(refused == .forbidden, "\(attempt)")
            }
            _ = try await world.fleets.setRole(.manager, of: .id(cast.crew.userID), by: cast.owner)
            _ = try await world.fleets.invite(.id(stranger.userID), as: .manager, by: cast.crew)
            #expect(try await world.fleets.mine(cast.crew).profiles.count == 3)
            for attempt in 0..<5 {
                let refused = try await refusalCode {
                    switch attempt {
                    case 0: _ = try await world.fleets.remove(.id(cast.owner.userID), by: cast.crew)
                    case 1: _ = try await world.fleets.setRole(.crew, of: .id(cast.owner.userID), by: cast.owner)
                    case 2: try await world.fleets.leave(by: cast.owner)
                    case 3: try await world.fleets.dissolve(by: cast.owner)
                    default: try await world.fleets.dissolve(by: cast.crew)
                    }
                }
                #expect(refused == (attempt == 4 ? .forbidden : .conflict), "\(attempt)")
            }
            let crowned = try await refusalCode {
                _ = try await world.fleets.setRole(.owner, of: .id(cast.crew.userID), by: cast.owner)
            }
            #expect(crowned == .validation)
        }
    }

    @Test("who leaves or is removed takes nothing along, is told of it, and may join another company")
    func goodbye() async throws {
        try await JobsWorld.with { world in
            let cast = try await FleetCast(world)
            try await world.fleets.board(.id(cast.truck.id), by: cast.crew)
            try await world.fleets.leave(by: cast.crew)
            let work = try await world.profile(of: cast.crew).work
            #expect(work.companyID == nil && work.truck == nil)
            #expect(try await world.fleets.mine(cast.owner).crews.isEmpty)

            _ = try await world.fleets.remove(.id(cast.other.userID), by: cast.owner)
            #expect(try await world.rows(of: cast.other).last?.body.message == "company.removed")
            let own = try await world.fleets.create(name: "Own", by: cast.other)
            #expect(own.role == .owner)
            try await world.fleets.dissolve(by: cast.owner)
            #expect(try await world.store.vehicles.count(["owner_id": .id(cast.company)]) == 0)
            #expect(try await world.profile(of: cast.owner).work.companyID == nil)
            let gone = try await refusalCode { _ = try await world.fleets.mine(cast.owner) }
            #expect(gone == .notFound)
        }
    }

    @Test("no member goes during a job of his")
    func duringJob() async throws {
        try await JobsWorld.with { world in
            let cast = try await FleetCast(world)
            let customer = try await world.customer()
            let (job, _) = try await world.accepted(by: cast.crew, for: customer)
            func attempts() async throws -> [ErrorCode?] {
                let left = try await refusalCode { try await world.fleets.leave(by: cast.crew) }
                let removed = try await refusalCode {
                    _ = try await world.fleets.remove(.id(cast.crew.userID), by: cast.owner)
                }
                return [left, removed]
            }
            #expect(try await attempts() == [.providerBusy, .providerBusy])
            #expect(try await world.fleets.mine(cast.owner).company.members.count == 3)
            #expect(try await world.profile(of: cast.crew).work.companyID == cast.company)
            _ = try await world.jobs.cancel(.id(job.id), by: customer)
            #expect(try await attempts() == [nil, .notFound])
        }
    }

    @Test("two companies, two invitations, two words at once: he belongs to one")
    func twoCompanies() async throws {
        try await JobsWorld.with { world in
            for round in 0..<6 {
                let sought = try await world.provider("Sought")
                var companies: [ObjectID] = []
                for _ in 0..<2 {
                    let owner = try await world.provider("Owner")
                    companies.append(try await world.fleets.create(name: "Karibu", by: owner).company.id)
                    _ = try await world.fleets.invite(.id(sought.userID), by: owner)
                }
                let choices = companies
                let outcomes = await together(3) { index in
                    if index == 2 { return try await world.fleets.create(name: "Own", by: sought).company.id }
                    return try await world.fleets.join(.id(choices[index]), by: sought).company.id
                }
                let winners = outcomes.compactMap(\.value)
                #expect(winners.count == 1, "round \(round)")
                #expect(outcomes.compactMap(\.code).allSatisfy { $0 == .conflict })
                #expect(try await world.profile(of: sought).work.companyID == winners.first)
                let joined = try await world.store.companies.count([
                    "members": ["$elemMatch": ["provider_id": .id(sought.userID), "joined": true]]
                ])
                #expect(joined == 1, "round \(round)")
            }
        }
    }
}
