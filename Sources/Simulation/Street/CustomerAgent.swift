import BSON
import FixOnCallClient
import LiveBookings
import RoadsideRules

/// Somebody who is stranded: calls, listens, tells the code, and gives up when it takes too long.
struct CustomerAgent {
    private let call: Call
    private let token: String
    private let world: World

    init(_ call: Call, token: String, world: World) {
        self.call = call
        self.token = token
        self.world = world
    }

    func live() async {
        guard (try? await world.clock.sleep(until: call.at)) != nil else { return }
        // The socket first, as an app has it: what follows cannot be missed.
        var ear = await Ear(world.line, LiveBookings.Path.customerBookings, token: token)
        world.ledger.requested(call, at: world.clock.now)
        let answer = await world.line.ask("POST", "/api/services/request", request, token: token)
        guard answer?.status == 201, let service = answer?.json?["data"]?["service"],
            let number = service["number"]?.int
        else {
            world.ledger.ended(call, .refused)
            return await ear.close()
        }
        world.ledger.ended(call, await wait(number, &ear))
        await ear.close()
    }

    /// Until the job is over, one way or the other.
    private func wait(_ number: Int64, _ ear: inout Ear) async -> CallTrace.Outcome {
        var patience = call.at + call.acceptPatience
        while world.clock.now < world.lastMoment, !Task.isCancelled {
            let frame = await ear.next(within: world.clock.wait(until: min(patience, world.lastMoment)))
            guard let frame else {
                guard world.clock.now >= patience else { continue }
                if await givesUp(number) { return .cancelled }
                // Somebody is at work already.
                patience = world.lastMoment
                continue
            }
            if let code = frame["otp"]?.string { world.ledger.heardCode(call, code) }
            guard frame["booking_id"]?.int == number else { continue }
            switch frame["status"]?.string {
            case "accepted": patience = call.at + call.arrivalPatience
            case "on_trip": patience = world.lastMoment
            case "completed": return .completed
            case "cancelled": return await end(number)
            default: break
            }
        }
        return .open
    }

    private func givesUp(_ number: Int64) async -> Bool {
        await world.line.ask(
            "POST", "/api/services/\(number)/cancel", ["reason": "It takes too long"], token: token)?.status == 200
    }

    /// The frame has one word for three ends.
    private func end(_ number: Int64) async -> CallTrace.Outcome {
        let answer = await world.line.ask("GET", "/api/services/\(number)", token: token)
        switch answer?.json?["data"]?["service"]?["stage"]?.string {
        case "expired": return .expired
        case "failed": return .failed
        case "cancelled": return .cancelled
        default: return .open
        }
    }

    private var request: JSON {
        [
            "service_type": .string(call.serviceType), "description": "A call of the simulated city",
            "location": [
                "latitude": .double(call.scene.latitude), "longitude": .double(call.scene.longitude),
                "address": .string(call.address),
            ],
        ]
    }
}
