import BSON
import RoadsideRules
import Testing

@testable import CareConnect

@Suite("What a passenger is told follows from where the ride stands and what he has heard")
struct RideTaleTests {
    private let driver = ObjectID()

    @Test("C5 C6: however quickly a driver is found, first there was a search")
    func searchComesFirst() {
        var tale = RideTale()
        let told = tale.goOn(to: .accepted, by: driver, version: 2)
        #expect(told == [.searching, .assigned])
    }

    @Test("C6: one driver is announced once, whatever follows and however late a row comes")
    func announcedOnce() {
        var tale = RideTale()
        let steps: [(JobStatus, Int64)] = [
            (.matching, 1), (.accepted, 2), (.accepted, 2), (.enRoute, 3), (.matching, 1),
        ]
        let told = steps.map { tale.goOn(to: $0.0, by: $0.0 == .matching ? nil : driver, version: $0.1) }
        #expect(told == [[.searching], [.assigned], [], [.status], []])
    }

    @Test("C6: another driver is announced anew")
    func anotherDriver() {
        var tale = RideTale()
        _ = tale.goOn(to: .accepted, by: driver, version: 2)
        let lost = tale.goOn(to: .matching, by: nil, version: 3)
        let found = tale.goOn(to: .accepted, by: ObjectID(), version: 4)
        #expect(lost == [.searching] && found == [.assigned])
    }

    @Test("C19: who comes back is told where it stands, and what has become of it since is no news to him")
    func recap() {
        var tale = RideTale()
        let standing = tale.recap(.inProgress, by: driver, version: 5)
        let late = tale.goOn(to: .accepted, by: driver, version: 2)
        let next = tale.goOn(to: .completed, by: driver, version: 6)
        #expect(standing == [.assigned, .status] && late.isEmpty && next == [.status])
    }

    @Test("C7 C9: nobody found, and given up", arguments: [(JobStatus.expired, 0), (.cancelled, 1), (.failed, 1)])
    func ends(row: (status: JobStatus, part: Int)) {
        var tale = RideTale()
        _ = tale.goOn(to: .matching, by: nil, version: 1)
        let told = tale.goOn(to: row.status, by: nil, version: 2)
        #expect(told == [row.part == 0 ? .noDrivers : .cancelled])
    }
}
