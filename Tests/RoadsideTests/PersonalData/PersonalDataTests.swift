import BSON
import Foundation
import Mongo
import RoadsideRules
import Testing

@testable import Roadside

@Suite struct PersonalDataTests {
    /// Accounts with the contexts around them.
    private struct Town {
        let bench: AccountsBench
        let jobs: Jobs
        let bookings: Bookings
        let fleets: Fleets
        let data: PersonalData

        init(_ bench: AccountsBench) {
            self.bench = bench
            let (inbox, dispatch) = (bench.accounts.inbox, bench.accounts.dispatch)
            jobs = Jobs(bench.dependencies, inbox: inbox, dispatch: dispatch)
            bookings = Bookings(bench.dependencies, inbox: inbox, jobs: jobs)
            fleets = Fleets(bench.dependencies, inbox: inbox)
            data = PersonalData(
                bench.dependencies, accounts: bench.accounts, jobs: jobs, bookings: bookings, inbox: inbox)
        }

        /// A job that the provider has taken.
        func accepted(_ customer: Caller, _ provider: Caller) async throws -> Job {
            let job = try await jobs.open(JobsWorld.request("battery_jump"), by: customer).job
            await bench.accounts.dispatch.settle()
            return try await jobs.accept(.id(job.id), by: provider)
        }
    }

    private static func inTown(_ body: (Town) async throws -> Void) async throws {
        try await AccountsBench.with { bench in try await body(Town(bench)) }
    }

    @Test("an export tells of the account, its jobs, bookings, notifications and sessions, and of nobody else's")
    func export() async throws {
        try await Self.inTown { town in
            let bench = town.bench
            let here = try await bench.customer()
            _ = try await bench.accounts.login(email: here.account.email, password: AccountsBench.password)
            let caller = try await bench.caller(here)
            let provider = try await bench.caller(try await bench.provider(at: .nairobi))
            let stranger = try await bench.caller(try await bench.customer(2))
            let job = try await town.accepted(caller, provider)
            _ = try await town.jobs.open(JobsWorld.request("battery_jump"), by: stranger)

            let record = try await town.data.export(caller)
            #expect(record.account.id == caller.userID && record.jobs.map(\.id) == [job.id])
            #expect(record.sessions.count == 2 && record.sessions.count(where: \.isCurrent) == 1)
            #expect(record.sessions.contains { $0.id == caller.sessionID && $0.isCurrent })
            #expect(!record.notifications.isEmpty)
            #expect(record.notifications.allSatisfy { $0.recipient == caller.userID && $0.otp == nil })
            #expect(try await town.data.export(provider).jobs.map(\.id) == [job.id])
        }
    }

    @Test(
        "what somebody drives, says and writes is exported, and goes with him; his stars and the order of messages stay"
    )
    func words() async throws {
        try await Self.inTown { town in
            let (bench, store) = (town.bench, town.bench.store)
            let inbox = bench.accounts.inbox
            let caller = try await bench.caller(try await bench.customer())
            let provider = try await bench.caller(try await bench.provider(at: .nairobi))
            let job = try await town.accepted(caller, provider)
            let draft = VehicleDraft(licensePlate: "KBC 123A", make: "Toyota", model: "Vitz")
            _ = try await Vehicles(bench.dependencies).add(draft, by: caller)
            let chat = Chat(bench.dependencies, inbox: inbox)
            _ = try await chat.send("I am at the blue gate", about: .id(job.id), by: caller)
            _ = try await chat.send("I see you", about: .id(job.id), by: provider)
            let emergencies = Emergencies(bench.dependencies, inbox: inbox)
            _ = try await emergencies.raise(EmergencyCall(message: "Somebody follows me"), by: caller)
            let review = Review(
                id: ObjectID(), jobID: job.id, author: caller.userID, subject: provider.userID, side: .customer,
                stars: 4, comment: "Came by bicycle", createdAt: bench.clock.now)
            try await store.reviews.insert(review.document)

            let photo = Upload(
                id: ObjectID(), ownerID: caller.userID, purpose: .jobPhoto, kind: .jpeg, length: 3, size: nil,
                jobID: job.id, createdAt: bench.clock.now, pieceLength: 3)
            try await store.uploads.files.insert(photo.row(stored: 3, unusedUntil: nil))

            let record = try await town.data.export(caller)
            #expect(record.uploads.map(\.id) == [photo.id] && record.papers.isEmpty)
            #expect(record.vehicles.map(\.licensePlate) == ["KBC123A"])
            #expect(record.messages.map(\.text) == ["I am at the blue gate"])
            #expect(record.reviews == [review])
            #expect(record.emergencies.map(\.message) == ["Somebody follows me"])

            _ = try await town.jobs.cancel(.id(job.id), by: caller)
            try await town.data.erase(caller, password: AccountsBench.password)

            #expect(try await store.vehicles.count() == 0)
            try await Uploads(bench.dependencies, jobs: town.jobs).sweep()
            #expect(try await store.uploads.files.count() == 0)
            let messages = try await store.messages.find([:], sort: ["seq": 1]).compactMap(ChatMessage.init)
            #expect(messages.map(\.seq) == [1, 2] && messages.map(\.text) == ["", "I see you"])
            let kept = try #require(Review(try await store.reviews.findOne(["_id": .id(review.id)])))
            #expect(kept.stars == 4 && kept.comment == nil)
            let alert = try #require(
                EmergencyAlert(try await store.emergencyAlerts.findOne(["user_id": .id(caller.userID)])))
            #expect(alert.name == Erasure.formerName && alert.message == nil && alert.location == nil)
        }
    }

    @Test("more than a page of notifications is exported whole, each once")
    func pages() async throws {
        try await Self.inTown { town in
            let caller = try await town.bench.caller(try await town.bench.customer())
            let inbox = town.bench.accounts.inbox
            _ = try await town.bench.store.transaction { transaction in
                try inbox.append(
                    (1...230).map { number in
                        InboxEntry(
                            recipient: caller.userID, kind: .message, routes: [],
                            body: InboxBody(title: "Note", text: "\(number)"))
                    }, in: transaction)
            }
            let texts = try await town.data.export(caller).notifications.compactMap(\.body.text)
            #expect(texts == (1...230).reversed().map { "\($0)" })
        }
    }

    @Test("who erases his account is gone; the other side keeps the job and its price, without him")
    func customer() async throws {
        try await Self.inTown { town in
            let (bench, store) = (town.bench, town.bench.store)
            let here = try await bench.customer()
            let caller = try await bench.caller(here)
            let provider = try await bench.caller(try await bench.provider(at: .nairobi))
            let job = try await town.accepted(caller, provider)
            try await store.services.updateOne(
                ["_id": .id(job.id)],
                [
                    "$set": [
                        "description": "Blue gate", "address": "Kilimani Road 7",
                        "vehicle_info": ["license_plate": "KBC123A"],
                    ]
                ])
            let over = try await town.jobs.cancel(.id(job.id), reason: "My cousin came", by: caller)

            try await town.data.erase(caller, password: AccountsBench.password)

            #expect(try await store.users.findOne(["_id": .id(caller.userID)]) == nil)
            #expect(try await store.sessions.count(["user_id": .id(caller.userID)]) == 0)
            #expect(try await store.verificationCodes.count(["user_id": .id(caller.userID)]) == 0)
            #expect(try await store.erasures.count() == 0)
            let told = try await store.notifications.find(["recipient_id": .id(caller.userID)])
            #expect(told.count == 1 && told.first?.value(at: ["body", "reason"]) == "account_erased")
            let late = await code { _ = try await town.jobs.open(JobsWorld.request("battery_jump"), by: caller) }
            #expect(late == .invalidToken, "a token that is still believed somewhere opens nothing")
            let access = await code { _ = try await bench.caller(here) }
            #expect(access == .invalidToken)
            let refreshed = await code { _ = try await bench.accounts.refresh(here.tokens.refreshToken) }
            #expect(refreshed == .invalidToken)
            #expect(bench.letters.notices(for: here.account.email) == [.accountErased])

            let kept = try #require(try await store.services.findOne(["_id": .id(job.id)]))
            let text = String(decoding: kept.bytes, as: UTF8.self)
            for trace in ["Wanjiru", "KBC123A", "Blue gate", "Kilimani", "cousin", here.account.phone] {
                #expect(!text.contains(trace), "\(trace) is still there")
            }
            let seen = try #require(try await town.jobs.history(provider, .page(1)).items.first)
            #expect(seen.id == job.id && seen.customer.name == Erasure.formerName)
            #expect(seen.estimate == over.estimate && seen.finalPrice == over.finalPrice && seen.status == .cancelled)
            #expect(seen.location.latitude == -1.29 && seen.location.longitude == 36.82)
            // The addresses are free again, for somebody else.
            let next = try await bench.customer()
            #expect(next.account.id != caller.userID)
        }
    }

    @Test("a provider who leaves is in no search and no company; his customer keeps the job, without him")
    func provider() async throws {
        try await Self.inTown { town in
            let (bench, store) = (town.bench, town.bench.store)
            let customer = try await bench.caller(try await bench.customer())
            let caller = try await bench.caller(try await bench.provider(at: .nairobi))
            let owner = try await bench.caller(try await bench.provider(2))
            _ = try await town.fleets.create(name: "Karibu", by: owner)
            _ = try await town.fleets.invite(.id(caller.userID), by: owner)
            let job = try await town.accepted(customer, caller)
            _ = try await town.jobs.cancel(.id(job.id), by: customer)
            try await store.client.collection("tracks").insert([
                "_id": .id(ObjectID()), "job_id": .id(job.id), "provider_id": .id(caller.userID),
            ])

            try await town.data.erase(caller, password: AccountsBench.password)

            #expect(try await store.mechanics.findOne(["_id": .id(caller.userID)]) == nil)
            #expect(try await store.client.collection("tracks").count() == 0)
            #expect(try await store.companies.count(["members.provider_id": .id(caller.userID)]) == 0)
            let seen = try #require(try await town.jobs.history(customer, .page(1)).items.first)
            #expect(seen.provider?.id == caller.userID && seen.provider?.name == Erasure.formerName)
        }
    }

    @Test("T5: the address of staff who were invited is nowhere once they have left, nor where they did what they did")
    func invited() async throws {
        try await Self.inTown { town in
            let (bench, store) = (town.bench, town.bench.store)
            let email = "asha.dispatch@example.com"
            _ = try await bench.accounts.createAdmin(
                email: "admin@example.com", password: AccountsBench.password, name: "Amina Hassan")
            let admin = try await bench.caller(
                try await bench.accounts.login(email: "admin@example.com", password: AccountsBench.password))
            // The first mail was lost.
            for _ in 0..<2 { _ = try await bench.accounts.invite(email, as: .dispatcher, by: admin) }
            let token = try #require(bench.letters.invitations(for: email).last)
            let signIn = try await bench.accounts.acceptInvitation(
                token, name: "Asha Njeri", password: AccountsBench.password,
                from: RequestOrigin(requestID: "r-1", address: "192.0.2.77"),
                visitor: Visitor(address: nil, device: "desk", program: nil))
            let user = try #require(try await store.users.findOne(["_id": .id(signIn.account.id)]))
            #expect(user.get("known_devices", as: [String].self)?.count == 1)
            #expect(try await store.auditLog.count(["address": "192.0.2.77"]) == 1)

            try await town.data.erase(try await bench.caller(signIn), password: AccountsBench.password)

            for name in try await store.client.collectionNames() where !name.hasPrefix("system.") {
                for document in try await store.client.collection(name).find() {
                    let text = String(decoding: document.bytes, as: UTF8.self)
                    for trace in [email, "Asha Njeri", "192.0.2.77"] {
                        #expect(!text.contains(trace), "\(trace) is still in \(name)")
                    }
                }
            }
            #expect(try await store.invitations.count() == 2)
        }
    }

    @Test("T5: invitations that came to nothing are forgotten after a month, and with whoever had the address")
    func uninvited() async throws {
        try await Self.inTown { town in
            let (bench, store) = (town.bench, town.bench.store)
            _ = try await bench.accounts.createAdmin(
                email: "admin@example.com", password: AccountsBench.password, name: "Amina Hassan")
            let admin = try await bench.caller(
                try await bench.accounts.login(email: "admin@example.com", password: AccountsBench.password))
            for email in ["customer1@example.com", "one@example.com", "two@example.com"] {
                let invitation = try await bench.accounts.invite(email, as: .partner, by: admin)
                if email != "two@example.com" {
                    _ = try await bench.accounts.revokeInvitation(invitation.id, by: admin)
                }
            }
            let customer = try await bench.customer(1)
            #expect(customer.account.email == "customer1@example.com")
            try await town.data.erase(try await bench.caller(customer), password: AccountsBench.password)
            #expect(try await store.invitations.count(["email": "customer1@example.com"]) == 0)
            try await bench.accounts.forgetInvitations()
            #expect(try await store.invitations.count() == 2)
            bench.clock.advance(Invitation.memory + 1)
            try await bench.accounts.forgetInvitations()
            #expect(try await store.invitations.count() == 0)
        }
    }

    @Test("reasons go with whoever gave them: of a job that somebody else did, of a refusal, and what is kept apart")
    func reasons() async throws {
        try await Self.inTown { town in
            let (bench, store) = (town.bench, town.bench.store)
            let customer = try await bench.caller(try await bench.customer())
            let quitter = try await bench.caller(try await bench.provider(at: .nairobi))
            let job = try await town.accepted(customer, quitter)
            _ = try await town.jobs.cancel(.id(job.id), reason: "My clutch is gone", by: quitter)
            let there = try #require(try await store.services.findOne(["_id": .id(job.id)]))
            #expect(String(decoding: there.bytes, as: UTF8.self).contains("clutch"))
            try await store.jobEvents.insert([
                "_id": .id(ObjectID()), "job_id": .id(job.id), "seq": 1, "actor_id": .id(quitter.userID),
                "reason": "A clutch",
            ])
            try await store.jobEvents.insert([
                "_id": .id(ObjectID()), "job_id": .id(job.id), "seq": 2, "actor_id": .id(customer.userID),
                "reason": "Not his",
            ])
            try await store.offers.updateMany(
                ["provider_id": .id(quitter.userID)], ["$set": ["reason": "No clutch"]])

            try await town.data.erase(quitter, password: AccountsBench.password)

            let kept = try #require(try await store.services.findOne(["_id": .id(job.id)]))
            #expect(!String(decoding: kept.bytes, as: UTF8.self).contains("clutch"))
            let apart = try await store.jobEvents.find([:]).compactMap { $0.get("reason", as: String.self) }
            #expect(apart == ["Not his"])
            #expect(try await store.offers.count(["reason": ["$exists": true]]) == 0)
        }
    }

    @Test("who calls himself a former member is erased like everybody else")
    func namesake() async throws {
        try await Self.inTown { town in
            let (bench, store) = (town.bench, town.bench.store)
            let caller = try await bench.caller(try await bench.customer())
            let provider = try await bench.caller(try await bench.provider(at: .nairobi))
            let job = try await town.accepted(caller, provider)
            _ = try await town.jobs.cancel(.id(job.id), by: caller)
            try await store.services.updateOne(
                ["_id": .id(job.id)],
                ["$set": ["customer.name": .string(Erasure.formerName), "address": "Kilimani Road 7"]])
            try await town.data.erase(caller, password: AccountsBench.password)
            let kept = try #require(try await store.services.findOne(["_id": .id(job.id)]))
            #expect(kept.get("address") == "")
        }
    }

    @Test("nobody leaves during a job, nor the owner of a company, nor the last admin; nothing of it is done")
    func needed() async throws {
        try await Self.inTown { town in
            let bench = town.bench
            let customer = try await bench.caller(try await bench.customer())
            let provider = try await bench.caller(try await bench.provider(at: .nairobi))
            let owner = try await bench.caller(try await bench.provider(2))
            _ = try await town.fleets.create(name: "Karibu", by: owner)
            _ = try await town.accepted(customer, provider)
            let admin = try await bench.accounts.createAdmin(
                email: "admin@example.com", password: AccountsBench.password, name: "Amina")
            let boss = try await bench.caller(
                try await bench.accounts.login(email: admin.email, password: AccountsBench.password))
            for caller in [customer, provider, owner, boss] {
                let refused = await code { try await town.data.erase(caller, password: AccountsBench.password) }
                #expect(refused == .conflict)
                _ = try await bench.accounts.account(caller.userID)
            }
            #expect(try await bench.store.erasures.count() == 0)
            _ = try await bench.accounts.createAdmin(
                email: "second@example.com", password: AccountsBench.password, name: "Baraka")
            try await town.data.erase(boss, password: AccountsBench.password)
        }
    }

    @Test("a wrong password erases nothing, and of those who ask at once one has it done")
    func once() async throws {
        try await Self.inTown { town in
            let caller = try await town.bench.caller(try await town.bench.customer())
            let wrong = await refusal { try await town.data.erase(caller, password: "not this one") }
            #expect(wrong?.code == .validation && wrong?.fields.map(\.name) == ["password"])
            let outcomes = await race(5) { _ in
                try await town.data.erase(caller, password: AccountsBench.password)
            }
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(try await town.bench.store.notifications.count(["recipient_id": .id(caller.userID)]) == 1)
        }
    }

    @Test("what a server left of an erasure another one does, and doing it twice changes nothing")
    func resumed() async throws {
        try await Self.inTown { town in
            let (bench, store) = (town.bench, town.bench.store)
            let caller = try await bench.caller(try await bench.customer())
            let provider = try await bench.caller(try await bench.provider(at: .nairobi))
            let job = try await town.accepted(caller, provider)
            _ = try await town.jobs.cancel(.id(job.id), by: caller)
            let erasure = Erasure(user: caller.userID)
            try await store.erasures.insert(erasure.document(at: bench.clock.now))
            try await town.data.resume()
            #expect(try await store.erasures.count() == 1, "whoever began it has a minute")
            bench.clock.advance(60)
            try await town.data.resume()
            #expect(try await store.erasures.count() == 0)
            let once = try await store.services.findOne(["_id": .id(job.id)])
            #expect(once?.value(at: ["customer", "name"]) == .string(Erasure.formerName))
            try await store.erasures.insert(erasure.document(at: bench.clock.now.addingTimeInterval(-60)))
            try await town.data.resume()
            #expect(try await store.services.findOne(["_id": .id(job.id)]) == once)
        }
    }
}
