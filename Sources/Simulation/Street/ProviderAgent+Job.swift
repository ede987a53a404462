import BSON
import FixOnCallClient
import RoadsideRules

// From the acceptance to the end of the work.
extension ProviderAgent {
    mutating func serve(_ call: Call, _ number: Int64) async {
        let (origin, accepted) = (position, world.clock.now)
        let metres = origin.distance(to: call.scene)
        world.ledger.accepted(call, by: part.index, at: accepted, metres: metres)
        await report(next: Self.drivingReport)
        guard await move(number, to: "en_route") else { return }
        let arrival = accepted + part.driveSeconds(to: call, metres: metres)
        guard await drive(to: call, number, from: origin, between: accepted, and: arrival) else { return }
        position = call.scene
        await report(next: Self.idleReport)
        guard await move(number, to: "arrived") else { return }
        world.ledger.arrived(call, at: world.clock.now)
        guard await start(call, number) else { return }
        // Nobody asks where he is while he works, and a phone in a pocket says nothing.
        guard (try? await world.clock.sleep(until: world.clock.now + call.work)) != nil else { return }
        // Free again in a moment, and to be found where he is now.
        await report(next: Self.idleReport)
        _ = await world.line.ask("POST", "/api/services/\(number)/complete", token: token)
    }

    /// - Returns: false when the job is not his any more.
    private func move(_ number: Int64, to word: String) async -> Bool {
        await world.line.ask("PUT", "/api/services/\(number)/status", ["status": .string(word)], token: token)?.status
            == 200
    }

    /// - Returns: false when he was called off on the way; he stands where he heard it.
    private mutating func drive(
        to call: Call, _ number: Int64, from origin: GeoPoint, between departure: Double, and arrival: Double
    ) async -> Bool {
        while world.clock.now < arrival {
            guard goesOn else { return false }
            let share = min(max((world.clock.now - departure) / (arrival - departure), 0), 1)
            position = origin.along(share, to: call.scene)
            await reportIfDue(every: Self.drivingReport)
            let wait = world.clock.wait(until: nextMoment(before: arrival))
            let frame = await own.next(within: wait)
            let isAboutThis = frame?["booking_id"]?.int == number
            if isAboutThis, ["cancelled", "pending"].contains(frame?["status"]?.string) { return false }
        }
        return true
    }

    /// Asks the caller for the code and starts with it.
    private func start(_ call: Call, _ number: Int64) async -> Bool {
        guard (try? await world.clock.sleep(until: world.clock.now + Self.greeting)) != nil else { return false }
        // The caller's socket may be slower than the provider's car.
        for _ in 0..<Self.codeTries where world.ledger[call].code == nil {
            guard (try? await world.clock.sleep(until: world.clock.now + Self.greeting)) != nil else { return false }
        }
        let body: JSON = ["otp": .string(world.ledger[call].code ?? "")]
        return await world.line.ask("POST", "/api/services/\(number)/start", body, token: token)?.status == 200
    }

    /// City seconds.
    private static let drivingReport = 45.0
    private static let greeting = 30.0
    private static let codeTries = 10
}

extension GeoPoint {
    /// A point on the straight way; on the scale of a city a straight line on the map is one.
    fileprivate func along(_ share: Double, to end: GeoPoint) -> GeoPoint {
        GeoPoint(
            latitude: latitude + (end.latitude - latitude) * share,
            longitude: longitude + (end.longitude - longitude) * share) ?? self
    }
}
