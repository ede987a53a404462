import BSON
import Blueprint
import FixOnCallClient
import Logging
import NIOPosix
import Realtime
import Roadside
import RoadsideTesting
import RoadsideWeb
import ServiceLifecycle

@testable import FixOnCallServer

/// One socket in words that a test makes up, on a port of its own beside a server.
struct Talk: Sendable {
    /// Whose socket it is.
    let person: Person
    let port: Int

    func open() async throws -> SocketClient {
        try await SocketClient.connect(
            host: "127.0.0.1", port: port, path: "/talk", headers: [("Authorization", "Bearer \(person.token)")])
    }

    /// - Parameter words: sets what is said; the socket hears the rows of its owner's jobs.
    static func with(
        _ words: @escaping @Sendable (inout Dialogue, Person) -> Void, _ work: (Talk) async throws -> Void
    ) async throws {
        try await TestServer.with { server in
            let person = try await server.customer()
            let logger = Logger(label: "talk", factory: { _ in SwiftLogNoOpLogHandler() })
            let group = MultiThreadedEventLoopGroup.singleton
            let dialogues = Dialogues(
                server.roadside, hub: server.hub,
                positions: PositionHub(group: group, live: server.roadside.tracking.live),
                options: Dialogues.Options(), logger: logger)
            var app = Blueprint<WebContext>("talk")
            app.before(dialogues.hook)
            app.socket("/talk", name: "talk", Operation("Talk")) { _, context in
                var dialogue = Dialogue(caller: try context.requireCaller(), routes: [.customerJobs]) {
                    EncodedFrame(["refused": .string($0.code.rawValue)])
                }
                words(&dialogue, person)
                return dialogues.accept(dialogue)
            }
            let (ports, bound) = AsyncStream<Int>.makeStream()
            let listener = Listener(
                host: "127.0.0.1", port: 0, responder: try BlueprintRouter(app: app), limits: SocketLimits(),
                group: group, logger: logger
            ) { bound.yield($0) }
            let services = ServiceGroup(services: [listener], logger: logger)
            let running = Task { try await services.run() }
            let port = await ports.first { _ in true } ?? 0
            let result: Result<Void, any Error>
            do {
                result = .success(try await work(Talk(person: person, port: port)))
            } catch {
                result = .failure(error)
            }
            await services.triggerGracefulShutdown()
            try await running.value
            try result.get()
        }
    }
}
