import BSON
import NIOCore
import NIOPosix
import Proving

/// Thousands of clients of `fixoncall.v1` on one event loop.
final class Crowd: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// One for all crowds, and for the life of the process: connections that are still being made outlive their crowd.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let loop: any EventLoop
    private let clients: NIOLoopBoundBox<[CrowdClient]>
    private let ears: NIOLoopBoundBox<CrowdEars>

    init() {
        loop = Self.group.next()
        clients = .makeBoxSendingValue([], eventLoop: loop)
        ears = .makeBoxSendingValue(CrowdEars(), eventLoop: loop)
    }

    /// Somebody for each of these people connects, so many a second.
    func join(
        _ people: [Newcomer], ports: [Int], perSecond: Int = 1000,
        change: @escaping @Sendable (CrowdClient) -> Void = { _ in }
    ) async throws {
        try await loop.submit { [clients, ears, loop] in
            let first = clients.value.count
            for (place, person) in people.enumerated() {
                let client = CrowdClient(first + place, person, ports: ports, ears: ears.value, loop: loop)
                change(client)
                clients.value.append(client)
                loop.assumeIsolated().scheduleTask(in: .microseconds(Int64(place * 1_000_000 / perSecond))) {
                    client.connect()
                }
            }
        }.get()
    }

    /// Does something with all of them, on their event loop.
    func with<T: Sendable>(_ body: @escaping @Sendable ([CrowdClient]) -> T) async throws -> T {
        try await loop.submit { [clients] in body(clients.value) }.get()
    }

    func each(_ body: @escaping @Sendable (CrowdClient) -> Void) async throws {
        try await with { for client in $0 { body(client) } }
    }

    func count(_ condition: @escaping @Sendable (CrowdClient) -> Bool) async throws -> Int {
        try await with { clients in clients.count { condition($0) } }
    }

    /// Waits until it is so for all who are meant.
    ///
    /// - Returns: false when the time has run out.
    @discardableResult
    func wait(
        within patience: Duration, among: @escaping @Sendable (CrowdClient) -> Bool = { _ in true },
        until condition: @escaping @Sendable (CrowdClient) -> Bool
    ) async throws -> Bool {
        let end = ContinuousClock.now + patience
        while try await count({ among($0) && !condition($0) }) > 0 {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    /// Waits until all are live.
    ///
    /// - Throws: ``Failure`` when they are not within that time.
    func gather(within patience: Duration = .seconds(60)) async throws {
        guard try await wait(within: patience, until: { $0.liveAt != nil }) else {
            let missing = try await with { clients in
                clients.filter { $0.liveAt == nil }.prefix(3).map {
                    "\($0.index): connected \($0.isConnected), \($0.handshakes) handshakes, \($0.refusals) refused"
                }
            }
            let count = try await count { $0.liveAt == nil }
            throw Failure(description: "\(count) sockets did not come up: \(missing.joined(separator: "; "))")
        }
    }

    /// All that was heard of marked messages so far.
    func heard() async throws -> [CrowdEars.Hearing] {
        try await loop.submit { [ears] in ears.value.heard }.get()
    }

    /// What this one was told beside rows.
    func said(to client: Int) async throws -> [JSON] {
        try await loop.submit { [ears] in ears.value.said.filter { $0.client == client }.map(\.words) }.get()
    }

    /// Everybody goes, and nobody comes back.
    func dismiss() async {
        try? await each {
            $0.comesBack = false
            $0.vanish()
        }
    }
}
