import MongoTesting
import Synchronization
import Testing

@testable import Roadside

@Suite("Calls that come together are done together")
struct GroupWorkTests {
    /// Does what it is given, remembers in which groups, and holds the first group until it is let go.
    private final class Desk: Sendable {
        private let state = Mutex((groups: [[Int]](), isOpen: false))
        var groups: [[Int]] { state.withLock { $0.groups } }

        func open() { state.withLock { $0.isOpen = true } }

        func work(_ inputs: [Int]) async -> [Result<Int, RoadsideError>] {
            state.withLock { $0.groups.append(inputs) }
            while !state.withLock({ $0.isOpen }), !Task.isCancelled { await Task.yield() }
            return inputs.map { $0 < 0 ? .failure(.notFound("Number")) : .success($0 * 10) }
        }
    }

    @Test("whoever comes while others are at work is in the next group, each with his own answer")
    func groups() async throws {
        let desk = Desk()
        let group = GroupWork<Int, Int> { inputs throws(RoadsideError) in await desk.work(inputs) }
        let first = Task { try await group(1) }
        try await eventually("the first is at work") { desk.groups == [[1]] }
        let others = Task { await together(20) { try await group($0 == 7 ? -7 : $0) } }
        try await eventually("the others wait") { group.waiting == 20 }
        desk.open()
        #expect(try await first.value == 10)
        let results = await others.value
        for (index, result) in results.enumerated() {
            #expect(index == 7 ? result.code == .notFound : result.value == index * 10)
        }
        #expect(desk.groups.count == 2)
        #expect(desk.groups.last?.count == 20)
        #expect(try await group(5) == 50, "and it goes on when it has been idle")
    }

    @Test("a group is no larger than its limit, and several may be at work")
    func limits() async throws {
        let desk = Desk()
        let group = GroupWork<Int, Int>(leaders: 2, limit: 3) { inputs throws(RoadsideError) in await desk.work(inputs)
        }
        let calls = Task { await together(11) { try await group($0) } }
        try await eventually("two are at work and the others wait") {
            // The second may find several when it comes.
            desk.groups.count == 2 && desk.groups.joined().count + group.waiting == 11
        }
        desk.open()
        let results = await calls.value
        #expect(results.compactMap(\.value) == Array(stride(from: 0, to: 110, by: 10)))
        let sizes = desk.groups.map(\.count)
        #expect(sizes.max() ?? 0 <= 3 && sizes.count >= 5)
    }

    @Test("the end of the one who leads is not the end of the others")
    func cancellation() async throws {
        let desk = Desk()
        let group = GroupWork<Int, Int> { inputs throws(RoadsideError) in
            let results = await desk.work(inputs)
            if Task.isCancelled { throw RoadsideError(.databaseUnavailable, "Gone.") }
            return results
        }
        let first = Task { try await group(1) }
        try await eventually("the first is at work") { desk.groups == [[1]] }
        let second = Task { try await group(2) }
        try await eventually("the second waits") { group.waiting == 1 }
        first.cancel()
        try await eventually("the second is at work") { desk.groups == [[1], [2]] }
        let third = Task { try await group(3) }
        try await eventually("the third waits") { group.waiting == 1 }
        desk.open()
        #expect(try await second.value == 20)
        #expect(try await third.value == 30)
        let code = try await refusalCode { _ = try await first.value }
        #expect(code == .databaseUnavailable)
    }

    @Test("members whose leader was cancelled in the middle of their group are served by another")
    func inheritance() async throws {
        let desk = Desk()
        let leaderIsGone = Mutex(false)
        let group = GroupWork<Int, Int> { inputs throws(RoadsideError) in
            let results = await desk.work(inputs)
            guard inputs.first == 2, inputs.count > 1 else { return results }
            while !Task.isCancelled { await Task.yield() }
            leaderIsGone.withLock { $0 = true }
            throw RoadsideError(.databaseUnavailable, "Gone.")
        }
        let first = Task { try await group(1) }
        try await eventually("the first is at work") { desk.groups.count == 1 }
        let leader = Task { try await group(2) }
        try await eventually("the leader of the next group waits") { group.waiting == 1 }
        let members = Task { await together(3) { try await group($0 + 3) } }
        try await eventually("its members wait") { group.waiting == 4 }
        desk.open()
        try await eventually("the next group is at work") { desk.groups.count == 2 }
        leader.cancel()
        #expect(await members.value.compactMap(\.value) == [30, 40, 50])
        let isGone = leaderIsGone.withLock { $0 }
        #expect(isGone)
        #expect(try await first.value == 10)
    }

    @Test("a failure of the whole work is everybody's")
    func failure() async throws {
        let group = GroupWork<Int, Int>(pause: .milliseconds(20)) { _ throws(RoadsideError) in
            throw RoadsideError(.databaseUnavailable, "Away.")
        }
        let results = await together(5) { try await group($0) }
        let codes = results.compactMap(\.code)
        #expect(codes == Array(repeating: .databaseUnavailable, count: 5))
    }
}
