import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Calls for help in danger")
struct EmergenciesTests {
    private static func emergencies(_ world: JobsWorld) -> Emergencies {
        Emergencies(world.dependencies, inbox: world.inbox)
    }

    private static func staff(_ count: Int, _ world: JobsWorld, isActive: Bool = true) async throws -> [Caller] {
        var staff: [Caller] = []
        for index in 0..<count {
            let caller = try await world.admin()
            let role: Role = index % 2 == 0 ? .admin : .dispatcher
            try await world.store.users.updateOne(
                ["_id": .id(caller.userID)],
                ["$set": ["roles": [.string(role.rawValue)], "is_active": .bool(isActive)]])
            staff.append(
                Caller(
                    userID: caller.userID, role: role, sessionID: caller.sessionID,
                    sessionVersion: caller.sessionVersion, expiresAt: caller.expiresAt))
        }
        return staff
    }

    private static func messages(to caller: Caller, _ world: JobsWorld) async throws -> [String] {
        try await world.rows(of: caller).filter { $0.kind == .emergency }.map(\.body.message)
    }

    private static func document(_ world: JobsWorld) async throws -> Document {
        try #require(try await world.store.emergencyAlerts.findOne([:]))
    }

    @Test("of twenty presses at once there is one alert, and every admin and dispatcher who is on is told of it once")
    func once() async throws {
        try await JobsWorld.with { world in
            let staff = try await Self.staff(12, world)
            let away = try await Self.staff(1, world, isActive: false)
            let (emergencies, customer) = (Self.emergencies(world), try await world.customer())
            let outcomes = await together(20) { index in
                try await emergencies.raise(EmergencyCall(message: "\(index)"), by: customer)
            }
            let alerts = outcomes.compactMap(\.value)
            #expect(Set(alerts.map(\.alert.id)).count == 1 && alerts.count { !$0.joined } <= 1)
            for member in staff {
                let told = try await Self.messages(to: member, world)
                #expect(told == ["emergency.raised"])
            }
            let quiet = try await Self.messages(to: away[0], world)
            #expect(quiet.isEmpty)
            let document = try await Self.document(world)
            #expect(document.get("untold", as: [Document].self) == nil && document["told_by"] == nil)
        }
    }

    @Test("where there is nobody to tell, twenty presses at once still make one alert")
    func onceAlone() async throws {
        try await JobsWorld.with { world in
            let (emergencies, customer) = (Self.emergencies(world), try await world.customer())
            let outcomes = await together(20) { _ in try await emergencies.raise(EmergencyCall(), by: customer) }
            #expect(Set(outcomes.compactMap(\.value).map(\.alert.id)).count == 1)
            #expect(try await world.store.emergencyAlerts.count() == 1)
        }
    }

    @Test("a minute later a press tells everybody again and opens what was acknowledged; what is new of it is kept")
    func again() async throws {
        try await JobsWorld.with { world in
            let staff = try await Self.staff(1, world)
            let (emergencies, customer) = (Self.emergencies(world), try await world.customer())
            let first = try await emergencies.raise(EmergencyCall(message: "Help"), by: customer)
            _ = try await emergencies.acknowledge(.id(first.alert.id), by: staff[0])
            let soon = try await emergencies.raise(EmergencyCall(location: JobsWorld.center), by: customer)
            #expect(soon.joined && soon.alert.state == .acknowledged && soon.alert.location == JobsWorld.center)
            #expect(soon.alert.message == "Help")
            try await world.store.emergencyAlerts.updateOne(
                ["_id": .id(first.alert.id)], ["$set": ["told_at": .date(Date().addingTimeInterval(-61))]])
            let later = try await emergencies.raise(EmergencyCall(), by: customer)
            #expect(later.joined && later.alert.state == .open && later.alert.location == JobsWorld.center)
            #expect(later.alert.timeline.map(\.what) == [.raised, .acknowledged, .repeated])
            let told = try await Self.messages(to: staff[0], world)
            #expect(told == ["emergency.raised", "emergency.raised"])
            _ = try await emergencies.resolve(.id(first.alert.id), note: "Safe", by: staff[0])
            let new = try await emergencies.raise(EmergencyCall(), by: customer)
            #expect(!new.joined && new.alert.id != first.alert.id)
            let own = try await Self.messages(to: customer, world)
            #expect(own == ["emergency.acknowledged", "emergency.resolved"])
        }
    }

    @Test("whoever a server that died had still to tell is told by the next, once")
    func died() async throws {
        try await JobsWorld.with { world in
            let staff = try await Self.staff(7, world)
            let (emergencies, customer) = (Self.emergencies(world), try await world.customer())
            let (name, notices) = try await emergencies.audience(of: customer)
            #expect(notices.map(\.recipient) == staff.map(\.userID).sorted() && name == "Amina Otieno")
            let id = ObjectID()
            try await world.store.emergencyAlerts.insert([
                "_id": .id(id), "user_id": .id(customer.userID), "name": .string(name), "role": "customer",
                "state": "open", "live": true, "created_at": .date(Date()),
                "untold": .array(notices.map { .document($0.document) }), "told_by": .date(Date()),
            ])
            let outcomes = await together(4) { _ in try await emergencies.tellOverdue() }
            #expect(outcomes.compactMap(\.code).isEmpty)
            try await emergencies.tellOverdue()
            for member in staff {
                let told = try await Self.messages(to: member, world)
                #expect(told == ["emergency.raised"])
            }
        }
    }

    @Test("trusted contacts are told where one is, and when it is over, if the address is proven to be theirs")
    func contacts() async throws {
        try await JobsWorld.with { world in
            let (emergencies, customer) = (Self.emergencies(world), try await world.customer())
            let (friend, impostor) = (try await world.customer("Friend"), try await world.customer("Impostor"))
            try await world.store.users.updateOne(
                ["_id": .id(friend.userID)],
                ["$set": ["email": "friend@example.com", "is_verified": ["email": true, "phone": false]]])
            try await world.store.users.updateOne(
                ["_id": .id(impostor.userID)],
                ["$set": ["phone": "+254700000001", "is_verified": ["email": true, "phone": false]]])
            _ = try await emergencies.addContact(name: "F", phone: nil, email: "Friend@example.com", by: customer)
            _ = try await emergencies.addContact(name: "I", phone: "0700000001", email: nil, by: customer)
            _ = try await emergencies.addContact(name: "Nobody", phone: nil, email: "n@example.com", by: customer)
            let provider = try await world.provider()
            let job = try await world.accepted(by: provider, for: customer).job
            let call = EmergencyCall(job: .id(job.id), location: JobsWorld.center, message: "Help")
            let alert = try await emergencies.raise(call, by: customer).alert
            #expect(alert.jobID == job.id)
            let rows = try await world.rows(of: friend).filter { $0.kind == .emergency }
            #expect(rows.map(\.body.message) == ["emergency.contact"])
            #expect(rows.first?.body.pickup?.point == JobsWorld.center && rows.first?.body.jobID == nil)
            let admin = try await world.admin()
            // Trusted no more, and called for again: he was told of it, and hears how it ended.
            let trusted = try await emergencies.contacts(of: customer)
            let gone = try #require(trusted.first { $0.email == "friend@example.com" })
            try await emergencies.removeContact(.id(gone.id), by: customer)
            try await world.store.emergencyAlerts.updateOne(
                ["_id": .id(alert.id)], ["$set": ["told_at": .date(Date(timeIntervalSinceNow: -3600))]])
            _ = try await emergencies.raise(call, by: customer)
            _ = try await emergencies.resolve(.id(alert.id), note: "Safe", by: admin)
            let last = try #require(try await world.rows(of: friend).last)
            #expect(last.body.message == "emergency.over" && last.body.pickup == nil && last.body.reason == nil)
            let unproven = try await Self.messages(to: impostor, world)
            #expect(unproven.isEmpty)
        }
    }

    @Test("of two who look after one alert one does; only staff do, and a note belongs to its end")
    func desk() async throws {
        try await JobsWorld.with { world in
            let staff = try await Self.staff(2, world)
            let (emergencies, customer) = (Self.emergencies(world), try await world.customer())
            let name = Reference.id(try await emergencies.raise(EmergencyCall(), by: customer).alert.id)
            let outcomes = await together(8) { try await emergencies.acknowledge(name, by: staff[$0 % 2]) }
            #expect(outcomes.compactMap(\.value).count == 1)
            #expect(outcomes.compactMap(\.code) == Array(repeating: .conflict, count: 7))
            let own = try await refusalCode { _ = try await emergencies.resolve(name, note: "Fine", by: customer) }
            #expect(own == .forbidden)
            let blank = try await refusalCode { _ = try await emergencies.resolve(name, note: " ", by: staff[0]) }
            #expect(blank == .validation)
            let open = try await emergencies.alerts(.open, .after(nil), for: staff[1])
            #expect(open.items.isEmpty)
            let taken = try await emergencies.alerts(.acknowledged, .after(nil), for: staff[1]).items
            #expect(taken.count == 1 && taken.first?.email.hasSuffix("@example.com") == true)
            _ = try await emergencies.resolve(name, note: "Safe", by: staff[1])
            let over = try await refusalCode { _ = try await emergencies.resolve(name, note: "Safe", by: staff[1]) }
            #expect(over == .conflict)
            let none = try await refusalCode {
                _ = try await emergencies.acknowledge(.id(ObjectID()), by: staff[0])
            }
            #expect(none == .notFound)
            let told = try await Self.messages(to: customer, world)
            #expect(told == ["emergency.acknowledged", "emergency.resolved"])
        }
    }

    @Test("five contacts at most, each address once, however many come at once")
    func fiveContacts() async throws {
        try await JobsWorld.with { world in
            let (emergencies, customer) = (Self.emergencies(world), try await world.customer())
            let outcomes = await together(9) { index in
                try await emergencies.addContact(
                    name: "Friend", phone: "+25470000000\(index)", email: nil, by: customer)
            }
            let kept = outcomes.compactMap(\.value)
            #expect(kept.count == EmergencyRules.mostContacts)
            try await emergencies.removeContact(.id(kept[0].id), by: customer)
            let twice = await together(2) { _ in
                try await emergencies.addContact(name: "Jane", phone: nil, email: "jane@example.com", by: customer)
            }
            #expect(twice.compactMap(\.value).count == 1)
            let other = try await world.customer()
            let foreign = try await refusalCode { try await emergencies.removeContact(.id(kept[1].id), by: other) }
            #expect(foreign == .notFound)
            #expect(try await emergencies.contacts(of: customer).count == EmergencyRules.mostContacts)
        }
    }
}
