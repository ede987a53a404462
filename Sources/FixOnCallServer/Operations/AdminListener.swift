import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The port for operators. A server whose admin port is taken, or whose admin host is nowhere, says so and serves its
/// people all the same.
struct AdminListener: Service {
    let host: String
    let port: Int
    let responder: AdminResponder
    let group: any EventLoopGroup
    let logger: Logger
    let bound: @Sendable (Int) -> Void

    func run() async throws {
        var quiet = logger
        quiet.logLevel = .error
        let application = Application(
            responder: responder, configuration: .init(address: .hostname(host, port: port)),
            onServerRunning: { [bound, port] channel in bound(channel.localAddress?.port ?? port) },
            eventLoopGroupProvider: .shared(group), logger: quiet)
        do {
            try await application.run()
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.error(
                "The admin port cannot be bound; metrics are served nowhere",
                metadata: ["host": "\(host)", "port": "\(port)", "error": "\(error)"])
            try await gracefulShutdown()
        }
    }
}
