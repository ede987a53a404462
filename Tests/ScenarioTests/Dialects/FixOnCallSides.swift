import BSON
import FixOnCallClient
import MongoTesting
import RoadsideTesting
import Synchronization

/// A driver, as FixOnCall calls who is stranded: he asks by REST and looks at his services.
final class FixOnCallCustomer: Stranded {
    private let person: Person
    private let errand: Errand

    init(_ server: TestServer, _ errand: Errand) async throws {
        person = try await server.customer()
        self.errand = errand
    }

    func call() async throws {
        try await person.must(
            "POST", "/api/services/request",
            errand.details.adding("description", "It does not start").adding(
                "location", ["latitude": -1.2921, "longitude": 36.8219, "address": "Kenyatta Avenue"]))
    }

    func hears(_ station: Station) async throws {
        let word =
            switch station {
            case .accepted: "accepted"
            case .started: "in_progress"
            case .completed: "completed"
            }
        try await eventually("the service is \(word)") {
            let list = try await person.must("GET", "/api/services/history")
            return list["data"]?["services"]?[0]?["status"]?.string == word
        }
    }
}

/// A mechanic: he looks at what he is offered, and works by REST.
final class FixOnCallProvider: Rescuer {
    private let person: Person
    private let number = Mutex<Int64>(0)

    init(_ server: TestServer, _ errand: Errand) async throws {
        person = try await server.provider(specialization: errand.skills)
    }

    func takes() async throws {
        try await eventually("the mechanic is asked") {
            let list = try await person.must("GET", "/api/services/available")
            guard let found = list["data"]?["services"]?[0]?["number"]?.int else { return false }
            number.withLock { $0 = found }
            return true
        }
        try await person.must("POST", "/api/services/\(number.withLock { $0 })/accept")
    }

    func starts(collecting isCashFirst: Bool) async throws {
        try await person.begin(number.withLock { $0 }, collecting: isCashFirst)
    }

    func finishes() async throws { try await person.must("POST", "/api/services/\(number.withLock { $0 })/complete") }
}
