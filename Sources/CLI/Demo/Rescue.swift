import BSON
import FixOnCall
import FixOnCallClient
import LiveBookings
import RoadsideRules

/// The story: request, alerts, accept, code, start, status, completion, history, notifications.
struct Rescue {
    let stage: Stage

    /// A stretch of road outside the demo city, elsewhere at each telling, so that earlier tellings do not answer.
    private let scene: (latitude: Double, longitude: Double) = (
        -1.3 + Double.random(in: -0.4...0.4), 37.6 + Double.random(in: -0.4...0.4)
    )

    func play() async throws {
        stage.transcript.chapter("A motorist and three mechanics come to http://\(stage.host):\(stage.port)")
        let motorist = try await stage.newcomer(
            "motorist", role: .customer,
            details: ["vehicle_info": ["make": "Toyota", "model": "Premio", "year": 2020, "license_plate": "KBC123A"]])
        motorist.says("has an account and stands at \(place)")
        var mechanics: [Person] = []
        for number in 1...3 {
            mechanics.append(try await mechanic(number))
        }
        do {
            try await tell(motorist, mechanics)
        } catch {
            await goHome(mechanics)
            throw error
        }
        await goHome(mechanics)
    }

    private func mechanic(_ number: Int) async throws -> Person {
        let person = try await stage.newcomer(
            "mechanic\(number)", role: .provider,
            details: ["specialization": ["engine", "electrical"], "experience_years": 5, "service_radius_km": 20])
        // About one kilometre further for each.
        let position: JSON = [
            "latitude": .double(scene.latitude + 0.009 * Double(number)), "longitude": .double(scene.longitude),
        ]
        try await person.call("POST", "/api/mechanics/me/location", position, expecting: 200)
        person.says("is on duty, \(number) km away")
        return person
    }

    private func tell(_ motorist: Person, _ mechanics: [Person]) async throws {
        let bookings = try await motorist.socket(LiveBookings.Path.customerBookings)
        var alerts: [Ear] = []
        var own: [Ear] = []
        for mechanic in mechanics {
            alerts.append(try await mechanic.socket(LiveBookings.Path.availableBookings))
            own.append(try await mechanic.socket(LiveBookings.Path.providerBookings))
        }
        stage.transcript.line("all", "have opened their sockets")

        stage.transcript.chapter("The request reaches the mechanics near by")
        let job = try await request(by: motorist)
        _ = try await bookings.status("pending", of: job.number)
        for (mechanic, ear) in zip(mechanics, alerts) {
            let alert = try await ear.next()
            guard alert["booking_id"]?.int == job.number else {
                throw DidNotHappen(description: "\(mechanic.name) was alerted of another booking: \(alert.text)")
            }
            mechanic.says("<- \(alert.text)")
        }

        stage.transcript.chapter("Two accept in the same moment; one job has one winner")
        let winner = try await race(mechanics, job: job)
        for (index, ear) in alerts.enumerated() where index != winner {
            let notice = try await ear.status("withdrawn", of: job.number)
            mechanics[index].says("<- \(notice.text)")
        }
        let accepted = try await bookings.status("accepted", of: job.number)
        motorist.says("<- \(accepted.text)")
        let codeFrame = try await bookings.next()
        guard let code = codeFrame["otp"]?.string, code.count == 6 else {
            throw DidNotHappen(description: "the motorist heard \(codeFrame.text) instead of the code")
        }
        motorist.says("<- \(codeFrame.text)")
        _ = try await own[winner].status("accepted", of: job.number)

        try await work(mechanics[winner], motorist, job: job, code: code, hears: bookings, own: own[winner])
        try await lookBack(motorist, mechanics[winner], job: job)
        for ear in alerts + own + [bookings] { await ear.close() }
    }

    private func request(by motorist: Person) async throws -> (id: String, number: Int64) {
        let answer = try await motorist.call(
            "POST", "/api/services/request",
            [
                "service_type": "breakdown", "description": "The engine stopped and will not start",
                "location": [
                    "latitude": .double(scene.latitude), "longitude": .double(scene.longitude),
                    "address": .string(place),
                ],
            ], expecting: 201)
        guard let service = answer["data"]?["service"], let id = service["id"]?.string,
            let number = service["number"]?.int
        else {
            throw DidNotHappen(description: "the request was answered without a service: \(answer.text)")
        }
        let price = service["price_estimate"].map(\.text) ?? "?"
        motorist.says("asks for help: booking \(number), estimate KES \(price)")
        return (id, number)
    }

    /// Mechanics 1 and 2 accept at once.
    ///
    /// - Returns: the winner's index.
    private func race(_ mechanics: [Person], job: (id: String, number: Int64)) async throws -> Int {
        async let first = mechanics[0].ask("POST", "/api/services/\(job.id)/accept")
        async let second = mechanics[1].ask("POST", "/api/services/\(job.id)/accept")
        let answers = try await [first, second]
        guard let winner = answers.firstIndex(where: { $0.status == 200 }), answers[1 - winner].status == 409 else {
            throw DidNotHappen(description: "two accepts were answered \(answers.map(\.status)), not 200 and 409")
        }
        mechanics[winner].says("accepts and has the job")
        let code = answers[1 - winner].json?["code"]?.string ?? "?"
        mechanics[1 - winner].says("accepts too late: 409 \(code)")
        return winner
    }

    private func work(
        _ mechanic: Person, _ motorist: Person, job: (id: String, number: Int64), code: String, hears bookings: Ear,
        own: Ear
    ) async throws {
        stage.transcript.chapter("The mechanic comes, the code starts the work")
        for stageWord in ["en_route", "arrived"] {
            try await mechanic.call(
                "PUT", "/api/services/\(job.id)/status", ["status": .string(stageWord)], expecting: 200)
            let frame = try await bookings.status("accepted", of: job.number)
            _ = try await own.status("accepted", of: job.number)
            motorist.says("<- \(frame.text)")
        }
        let wrong = code == "000000" ? "000001" : "000000"
        let refused = try await mechanic.ask("POST", "/api/services/\(job.id)/start", ["otp": .string(wrong)])
        guard (400..<500).contains(refused.status) else {
            throw DidNotHappen(description: "a wrong code was answered \(refused.status)")
        }
        mechanic.says("tries a wrong code: \(refused.status) \(refused.json?["code"]?.string ?? "")")
        try await mechanic.call("POST", "/api/services/\(job.id)/start", ["otp": .string(code)], expecting: 200)
        mechanic.says("starts with the motorist's code")
        motorist.says("<- \(try await bookings.status("on_trip", of: job.number).text)")
        mechanic.says("<- \(try await own.status("on_trip", of: job.number).text)")
        try await mechanic.call("POST", "/api/services/\(job.id)/complete", expecting: 200)
        mechanic.says("is done")
        motorist.says("<- \(try await bookings.status("completed", of: job.number).text)")
        _ = try await own.status("completed", of: job.number)
    }

    private func lookBack(_ motorist: Person, _ mechanic: Person, job: (id: String, number: Int64)) async throws {
        stage.transcript.chapter("Afterwards")
        for person in [motorist, mechanic] {
            let history = try await person.call("GET", "/api/services/history", expecting: 200)
            guard let last = history["data"]?["services"]?.array?.first, last["id"]?.string == job.id,
                last["status"]?.string == "completed"
            else {
                throw DidNotHappen(
                    description: "the history of the \(person.name) does not begin with the job: \(history.text)")
            }
            person.says("finds booking \(job.number) in the history: completed")
        }
        let list = try await motorist.call("GET", "/api/notifications/my-notifications", expecting: 200)
        guard let unread = list["data"]?["unread_count"]?.int, unread > 0 else {
            throw DidNotHappen(description: "the motorist has no notifications: \(list.text)")
        }
        try await motorist.call("POST", "/api/notifications/mark-all-read", expecting: 200)
        let after = try await motorist.call("GET", "/api/notifications/my-notifications", expecting: 200)
        guard after["data"]?["unread_count"]?.int == 0 else {
            throw DidNotHappen(description: "notifications stayed unread: \(after.text)")
        }
        motorist.says("reads \(unread) notifications, none is left unread")
    }

    /// Off duty, whatever happened: the next telling must not wait for these mechanics.
    private func goHome(_ mechanics: [Person]) async {
        for mechanic in mechanics {
            _ = try? await mechanic.ask("POST", "/api/mechanics/me/availability", ["availability": "offline"])
        }
    }

    private var place: String {
        func rounded(_ value: Double) -> String { String((value * 1000).rounded() / 1000) }
        return "Mombasa Road, \(rounded(scene.latitude)), \(rounded(scene.longitude))"
    }
}
