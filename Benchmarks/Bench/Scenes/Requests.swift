import BSON
import Foundation

/// The requests of a scene, the same for every target: users, bookings and places are drawn once, from one seed.
struct Requests {
    static let count = 2048

    /// Writes them for `scene.lua`.
    static func write(_ route: Target.Route, tokens: [String], to file: String) throws {
        var chance = Chance(seed: 11)
        let lines = (0..<count).map { index in
            let user = tokens.isEmpty ? 0 : index % tokens.count
            let token = route.isSignedIn && !tokens.isEmpty ? tokens[user] : "-"
            let (path, body) = filled(route, user: user, &chance)
            return "\(route.method)\t\(path)\t\(token)\t\(body)\n"
        }
        try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: file))
    }

    /// Path and body of one request of this user.
    static func filled(_ route: Target.Route, user: Int, _ chance: inout Chance) -> (path: String, body: String) {
        // Within some 17 km of Nairobi, where most providers are.
        let latitude = -1.2921 + Double.random(in: -0.15..<0.15, using: &chance)
        let longitude = 36.8219 + Double.random(in: -0.15..<0.15, using: &chance)
        let lot = Int.random(in: 0..<City.bookings / City.customers, using: &chance)
        let values = [
            "lat": String(format: "%.5f", latitude), "lon": String(format: "%.5f", longitude),
            "booking": City.booking(user + City.customers * lot).hex,
            "n": String(Int.random(in: 0..<City.customers, using: &chance)), "u": String(user),
        ]
        func filled(_ text: String) -> String {
            values.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value) }
        }
        return (filled(route.path), filled(route.body))
    }
}
