import BSON
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Faults of seed files")
struct SeedFaultTests {
    private func faults(_ work: () throws -> Void) throws -> [String] {
        do {
            try work()
            return []
        } catch let error as SeedFaults {
            return error.faults
        }
    }

    @Test("the files of the repository are sound")
    func sound() throws {
        #expect(try SeedFiles.accounts().people.map(\.role).filter(\.isStaff).count == 2)
        #expect(try SeedFiles.accounts("careconnect").people.count == 3)
        _ = try SeedFiles.plan()
    }

    @Test("every fault of an account file is named, with its place")
    func accounts() throws {
        let json: JSON = [
            "customers": [["email": "Not An Address", "name": "", "phone": "12"]],
            "providers": [
                [
                    "email": "a@example.com", "name": "A", "phone": "+254700000009", "specialization": [],
                    "experience_years": 200, "service_radius_km": 20, "latitude": 91, "longitude": 0,
                ],
                [
                    "email": "a@example.com", "name": "B", "phone": "+254700000008", "specialization": ["fuel"],
                    "experience_years": 2, "service_radius_km": 20, "latitude": 1, "longitude": 0,
                ],
            ],
        ]
        let found = try faults { _ = try SeedAccounts(json, seed: "x", file: "x.json", reference: .empty) }
        let expected = [
            "x.json: password", "x.json: customers[0].email", "x.json: customers[0].name", "x.json: customers[0].phone",
            "x.json: providers[0].specialization", "x.json: providers[0].experience_years",
            "x.json: providers[0].latitude", "x.json: the e-mail address a@example.com is given twice",
        ]
        for place in expected {
            let isNamed = found.contains { $0.hasPrefix(place) }
            #expect(isNamed, "\(place) is not among \(found)")
        }
        #expect(found.count == expected.count)
    }

    @Test("faults of all three files of a city come together")
    func city() throws {
        let found = try faults {
            _ = try SeedFiles.plan { files in
                files["places"]?.add("garages", [["Far away", 10, 10]])
                files["people"]?.add("availability", ["busy": 1])
                files["history"]?.add("hours", [1, 2])
                files["history"]?.add(
                    "services", [["code": "car_wash", "share": 1, "minutes": [1, 2], "descriptions": ["x"]]])
            }
        }
        let places = [
            "nairobi/places.json: garages[0]: Far away is out of bounds", "nairobi/people.json: availability",
            "nairobi/history.json: hours: must be a list of 24 numbers",
            "nairobi/history.json: services[0].code: car_wash is no service type of the catalogue",
        ]
        for place in places {
            let isNamed = found.contains { $0.hasPrefix(place) }
            #expect(isNamed, "\(place) is not among \(found)")
        }
    }

    @Test("a file that is no object says so instead of failing")
    func nonsense() throws {
        let wrong = try faults { _ = try SeedAccounts([1, 2], seed: "x", file: "x.json", reference: .empty) }
        #expect(!wrong.isEmpty)
        let found = try faults { _ = try SeedFiles.plan { $0 = [:] } }
        #expect(found.count > 10)
    }

    @Test("progress tells count, share and the time that is left")
    func progress() {
        let quarter = SeedProgress(what: "providers", done: 2500, total: 10_000)
        #expect(quarter.text(after: .seconds(10), from: 0) == "providers 2500 of 10000, 25 %, 30 s left")
        #expect(quarter.text(after: .seconds(100), from: 0) == "providers 2500 of 10000, 25 %, 5 min left")
        // Half of it had been there before, so this run is slower than it looks.
        #expect(quarter.text(after: .seconds(10), from: 1250) == "providers 2500 of 10000, 25 %, 60 s left")
        #expect(quarter.text(after: .seconds(10), from: 2500) == "providers 2500 of 10000, 25 %")
        #expect(SeedProgress(what: "jobs", done: 0, total: 0).text(after: .zero, from: 0) == "jobs 0 of 0, 100 %")
    }
}
