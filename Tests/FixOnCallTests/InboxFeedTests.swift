import BSON
import Roadside
import RoadsideTesting
import Testing

@testable import RoadsideWeb

@Suite("The doorbell of those who listen over HTTP", .server, .serialized)
struct InboxFeedTests {
    @Test("bells that ring before anybody looks are one bell, and only the recipient hears it")
    func coalesced() async throws {
        let (person, other) = (try await server().customer(), try await server().customer())
        let feed = InboxFeed(inbox: try server().roadside.inbox, attendance: try server().roadside.attendance)
        let mine = try feed.listener(to: try #require(ObjectID(person.id)))
        let his = try feed.listener(to: try #require(ObjectID(other.id)))
        try await person.tell(["one"])
        try await person.tell(["two"])
        try await person.tell(["three"])
        var bells = mine.bells.makeAsyncIterator()
        #expect(await bells.next() != nil)
        mine.end(nil)
        // The change stream may have brought one of them once more; three it cannot be.
        var further = 0
        while await bells.next() != nil { further += 1 }
        #expect(further <= 1)
        his.end(nil)
        var silence = his.bells.makeAsyncIterator()
        #expect(await silence.next() == nil)
    }

    @Test("a listener that is dropped or left gives its place back")
    func places() async throws {
        let feed = InboxFeed(inbox: try server().roadside.inbox, attendance: try server().roadside.attendance)
        let user = ObjectID()
        for _ in 0..<20 { _ = try feed.listener(to: user) }
        #expect(feed.count == 0)
        let listeners = try (0..<InboxFeed.limit).map { _ in try feed.listener(to: user) }
        let refused = #expect(throws: RoadsideError.self) { try feed.listener(to: user) }
        #expect(refused?.code == .rateLimited)
        listeners[0].end(nil)
        #expect(listeners[0].isOver && feed.count == InboxFeed.limit, "its place is held until it is left")
        for listener in listeners { listener.leave() }
        #expect(feed.count == 0)
    }
}
