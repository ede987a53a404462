import BSON
import Foundation
import Mongo
import RoadsideRules
import Synchronization
import Testing

@testable import Roadside

@Suite("Who is online, on several servers")
struct AttendanceTests {
    /// A server as attendance knows it: its turns come when the test says so.
    private final class Instance {
        let attendance: Attendance
        private var lease: InstanceLease
        private var number = 0

        init(_ world: JobsWorld, lease: Duration = .seconds(10)) {
            attendance = Attendance(world.dependencies)
            self.lease = InstanceLease(lifetime: lease)
        }

        var incarnation: ObjectID { lease.incarnation }

        func turn() async throws {
            try await attendance.turn(&lease, number)
            // Each turn looks at shifts and sweeps.
            number += 5
        }
    }

    /// As if the server's last sign of life had been so long ago.
    private func age(_ instance: Instance, by seconds: Double, in world: JobsWorld) async throws {
        try await world.store.instances.updateOne(
            ["_id": .id(instance.incarnation)],
            ["$set": ["expires_at": .date(Date().addingTimeInterval(10 - seconds))]])
    }

    private func rows(of instance: Instance, in world: JobsWorld) async throws -> Int {
        try await world.store.presence.count(["incarnation": .id(instance.incarnation)])
    }

    @Test("others see who is connected as long as his server's lease lasts, and nobody of it afterwards")
    func lease() async throws {
        try await JobsWorld.with { world in
            let (here, there) = (Instance(world), Instance(world))
            let users = (0..<3).map { _ in ObjectID() }
            for user in users.dropLast() { here.attendance.enter(user) }
            #expect(try await here.attendance.online(among: users) == Set(users.dropLast()))
            try await there.turn()
            #expect(try await there.attendance.online(among: users).isEmpty)
            try await here.turn()
            #expect(try await there.attendance.online(among: users) == Set(users.dropLast()))
            try await age(here, by: 11, in: world)
            #expect(try await there.attendance.online(among: users).isEmpty)
            #expect(try await here.attendance.online(among: users).count == 2, "it knows its own")
            try await here.turn()
            #expect(try await there.attendance.online(among: users).count == 2)
        }
    }

    @Test("what a dead server has left is swept after a minute, and what a living one holds is not")
    func sweep() async throws {
        try await JobsWorld.with { world in
            let (dead, lapsed, living) = (Instance(world), Instance(world), Instance(world))
            for instance in [dead, lapsed, living] {
                instance.attendance.enter(ObjectID())
                try await instance.turn()
            }
            try await age(dead, by: 75, in: world)
            try await age(lapsed, by: 30, in: world)
            try await living.turn()
            let left = [
                try await rows(of: dead, in: world), try await rows(of: lapsed, in: world),
                try await rows(of: living, in: world),
            ]
            #expect(left == [0, 1, 1])
            #expect(try await world.store.instances.count() == 2)
        }
    }

    @Test("a server whose lease has run out begins another incarnation, and writes everybody anew")
    func incarnation() async throws {
        try await JobsWorld.with { world in
            let instance = Instance(world, lease: .zero)
            instance.attendance.enter(ObjectID())
            try await instance.turn()
            let first = instance.incarnation
            try await instance.turn()
            #expect(instance.incarnation != first)
            #expect(try await rows(of: instance, in: world) == 1)
            let steady = Instance(world)
            try await steady.turn()
            let same = steady.incarnation
            try await steady.turn()
            #expect(steady.incarnation == same)
        }
    }

    @Test("a row goes when its user has been away for the grace")
    func away() async throws {
        try await JobsWorld.with {
            $0.presenceGrace = .zero
        } _: { world in
            let instance = Instance(world)
            let user = ObjectID()
            instance.attendance.enter(user)
            try await instance.turn()
            #expect(try await rows(of: instance, in: world) == 1)
            instance.attendance.leave(user)
            #expect(try await instance.attendance.online(among: [user]).count == 1, "the row is still there")
            try await instance.turn()
            #expect(try await rows(of: instance, in: world) == 0)
            #expect(try await instance.attendance.online(among: [user]).isEmpty)
        }
    }

    @Test("providers are counted once, customers are not, and shifts are told to whoever listens")
    func providers() async throws {
        try await JobsWorld.with { world in
            let (one, other) = (Instance(world), Instance(world))
            let customer = try await world.customer().userID
            let busy = try await world.provider(availability: .busy).userID
            let resting = try await world.provider(availability: .offline).userID
            let news = Mutex<[ObjectID: Bool]>([:])
            one.attendance.whenShiftChanges { user, isOn in news.withLock { $0[user] = isOn } }
            for user in [customer, busy, resting] { one.attendance.enter(user) }
            for user in [customer, busy] { other.attendance.enter(user) }
            for instance in [one, other] { try await instance.turn() }
            #expect(try await one.attendance.onlineProviders() == 2)
            let first = news.withLock { $0 }
            #expect(first == [busy: true])
            #expect(one.attendance.enter(busy) && !one.attendance.enter(resting))
            try await world.store.mechanics.updateOne(
                ["_id": .id(resting)], ["$set": ["availability": "available"]])
            try await world.store.mechanics.updateOne(["_id": .id(busy)], ["$set": ["availability": "break"]])
            try await one.turn()
            let second = news.withLock { $0 }
            #expect(second == [busy: false, resting: true])
        }
    }
}
