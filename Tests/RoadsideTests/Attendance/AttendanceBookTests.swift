import BSON
import Testing

@testable import Roadside

@Suite("Who is connected to this server, and what of it has to be written")
struct AttendanceBookTests {
    /// A book whose turns come so many seconds after the start, and write at most a hundred.
    private final class Desk {
        var book = AttendanceBook(grace: .seconds(15))
        let start = ContinuousClock.now

        func due(after seconds: Int) -> AttendanceBook.Changes {
            book.due(atMost: 100, at: start + .seconds(seconds))
        }

        func enter(_ user: ObjectID) -> Bool { book.enter(user) }

        func leave(_ user: ObjectID, after seconds: Int) { book.leave(user, at: start + .seconds(seconds)) }

        func present(_ users: ObjectID..., after seconds: Int) -> Set<ObjectID> {
            book.present(among: users, at: start + .seconds(seconds))
        }

        func learn(_ users: [ObjectID], shifts: [ObjectID: Bool]) -> [(user: ObjectID, isOnShift: Bool)] {
            book.learn(users, shifts: shifts)
        }
    }

    private let user = ObjectID()

    @Test("who comes is written once, however many connections he has, and stays due until it is done")
    func arrival() {
        let desk = Desk()
        for _ in 0..<3 { _ = desk.enter(user) }
        #expect(desk.due(after: 0).arrivals == [user])
        #expect(desk.due(after: 3).arrivals == [user])
        desk.book.wrote([user])
        #expect(desk.due(after: 6) == AttendanceBook.Changes())
        #expect(desk.present(user, ObjectID(), after: 0) == [user])
    }

    @Test("who leaves with his last connection is removed after the grace, and who comes back within it never was away")
    func departure() {
        let desk = Desk()
        for _ in 0..<2 { _ = desk.enter(user) }
        desk.book.wrote([user])
        desk.leave(user, after: 0)
        #expect(desk.due(after: 100) == AttendanceBook.Changes())
        desk.leave(user, after: 0)
        #expect(desk.due(after: 14) == AttendanceBook.Changes())
        #expect(desk.present(user, after: 14) == [user])
        _ = desk.enter(user)
        #expect(desk.due(after: 100) == AttendanceBook.Changes(), "a flap is not written")
        desk.leave(user, after: 100)
        #expect(desk.due(after: 115).departures == [user])
        #expect(desk.present(user, after: 115).isEmpty)
        desk.book.removed([user])
        #expect(desk.due(after: 200) == AttendanceBook.Changes())
    }

    @Test("who has come and gone between two turns is not written at all")
    func visit() {
        let desk = Desk()
        _ = desk.enter(user)
        desk.leave(user, after: 0)
        desk.leave(user, after: 0)
        #expect(desk.due(after: 0) == AttendanceBook.Changes())
        _ = desk.enter(user)
        #expect(desk.due(after: 3).arrivals == [user])
    }

    @Test("who comes back while his row is being removed gets a new one; who leaves while it is written loses it")
    func meanwhile() {
        let desk = Desk()
        _ = desk.enter(user)
        #expect(desk.due(after: 0).arrivals == [user])
        desk.leave(user, after: 0)
        desk.book.wrote([user])
        #expect(desk.due(after: 15).departures == [user])
        _ = desk.enter(user)
        desk.book.removed([user])
        #expect(desk.due(after: 18).arrivals == [user])
    }

    @Test("a turn writes only so much, and the next ones the rest")
    func limit() {
        let desk = Desk()
        let users = (0..<250).map { _ in ObjectID() }
        for user in users { _ = desk.enter(user) }
        var written: [ObjectID] = []
        for count in [100, 100, 50, 0] {
            let arrivals = desk.due(after: 0).arrivals
            #expect(arrivals.count == count)
            desk.book.wrote(arrivals)
            written += arrivals
        }
        #expect(Set(written) == Set(users))
    }

    @Test("a new incarnation has nothing written")
    func anew() {
        let desk = Desk()
        let other = ObjectID()
        for user in [user, other] { _ = desk.enter(user) }
        desk.book.wrote([user, other])
        desk.leave(other, after: 0)
        desk.book.beginAnew()
        #expect(desk.due(after: 1) == AttendanceBook.Changes(arrivals: [user]))
    }

    @Test("shifts are news when they change; later connections are told at once")
    func shifts() {
        let desk = Desk()
        let customer = ObjectID()
        #expect(!desk.enter(user))
        _ = desk.enter(customer)
        let first = desk.learn([user, customer], shifts: [user: true])
        #expect(first.map(\.user) == [user] && first.map(\.isOnShift) == [true])
        #expect(desk.learn([user], shifts: [user: true]).isEmpty)
        #expect(desk.book.providers == [user] && desk.book.isProvider(user) && !desk.book.isProvider(customer))
        #expect(desk.enter(user))
        let second = desk.learn([user], shifts: [user: false])
        #expect(second.map(\.isOnShift) == [false])
    }
}
