import EmbeddedMongo
import Foundation
import Gateways
public import Logging
public import Mongo
public import Roadside
public import Telemetry

/// The running parts below the web: the database and the contexts on it. Commands that need no server use just these.
public struct Services: Sendable {
    public let client: MongoClient
    public let roadside: Roadside
    public let database: DatabaseCheck.Report
    /// Makes and reads access tokens.
    public let tokens: any AccessTokens
    /// The file in which a development server leaves its codes; `nil` in production.
    public let outbox: String?
    /// Every number of this process.
    public let metrics: MetricRegistry
    let databaseMetrics: DatabaseMetrics
    private let embedded: (database: EmbeddedMongo, membership: EmbeddedMongo.Membership)?

    /// Opens the database (the configured one, or the server's own) and builds the contexts.
    ///
    /// - Throws: `EmbeddedMongo.Failure`, ``DatabaseCheck/Refusal`` or `MongoError`, each with a text for the operator.
    public static func open(_ settings: Settings, logger: Logger) async throws -> Services {
        var embedded: (database: EmbeddedMongo, membership: EmbeddedMongo.Membership)?
        var uri = settings.mongo.uri
        if uri == nil {
            let database = EmbeddedMongo(root: settings.state.directory)
            let running = try await database.start()
            embedded = (database, try database.join())
            uri = running.uri
        }
        do {
            let metrics = MetricRegistry()
            let observer = DatabaseMetrics(metrics)
            let client = try MongoClient(
                .init(
                    uri: uri ?? "", database: settings.mongo.database, workers: settings.mongo.workers,
                    queueLimit: settings.mongo.queue, appName: "fixoncall"), observer: observer)
            do {
                let report = try await DatabaseCheck.run(client)
                return try await Services(
                    client: client, report: report, embedded: embedded, settings: settings, logger: logger,
                    metrics: metrics, observer: observer)
            } catch {
                client.shutdown()
                throw error
            }
        } catch {
            if let embedded { embedded.database.leave(embedded.membership) }
            throw error
        }
    }

    private init(
        client: MongoClient, report: DatabaseCheck.Report,
        embedded: (database: EmbeddedMongo, membership: EmbeddedMongo.Membership)?, settings: Settings, logger: Logger,
        metrics: MetricRegistry, observer: DatabaseMetrics
    ) async throws {
        self.metrics = metrics
        databaseMetrics = observer
        let secrets = try SecretKeys.make(settings)
        let tokens = await JWTAccessTokens(secrets.tokens)
        let outbox = settings.outbox
        self.client = client
        self.database = report
        self.embedded = embedded
        self.outbox = outbox
        self.tokens = tokens
        self.roadside = Roadside(
            client: client, settings: settings.roadside, tokens: tokens, secrets: secrets,
            codes: try Self.delivery(settings, logger: logger),
            identities: settings.google.clients.isEmpty
                ? nil
                : GoogleIdentityTokens(
                    clients: Set(settings.google.clients), keysAddress: settings.google.keys,
                    isInsideAllowed: settings.environment != .production, logger: logger),
            routing: settings.routing.osrm.map {
                OSRMRoutes(address: $0, timeout: .milliseconds(settings.routing.timeoutMilliseconds))
            },
            // Judged: production has no such cards.
            cards: settings.payments.cards == "test" ? TestCardGateway() : nil,
            clock: { Date() }, logger: logger, metrics: metrics)
    }

    /// Mail goes to the mail server where there is one; everything else to development's file, or nowhere.
    private static func delivery(_ settings: Settings, logger: Logger) throws -> any CodeDelivery {
        let otherwise: any CodeDelivery =
            settings.outbox.map { OutboxFile(path: $0, logger: logger) } ?? NoDelivery(logger: logger)
        guard let server = try settings.mailServer else { return otherwise }
        return DeliveryByKind(
            email: SMTPDelivery(server, capacity: settings.mail.queue, logger: logger), phone: otherwise)
    }

    /// The contexts over a database that is never contacted, for commands that only look at routes.
    static func offline(_ settings: Settings, logger: Logger) async throws -> Services {
        let client = try MongoClient(
            .init(uri: "mongodb://127.0.0.1:1/", database: settings.mongo.database, workers: 1, appName: "fixoncall"))
        let metrics = MetricRegistry()
        return try await Services(
            client: client, report: DatabaseCheck.Report(version: "", replicaSet: ""), embedded: nil,
            settings: settings, logger: logger, metrics: metrics, observer: DatabaseMetrics(metrics))
    }

    /// Whether the database is the server's own.
    var ownsDatabase: Bool { embedded != nil }

    /// Keeps the server's own database running.
    func keepDatabase(logger: Logger) async {
        await embedded?.database.watch { error in
            logger.error(
                "The database had died and was started again",
                metadata: error.map { ["error": "\($0)"] } ?? [:])
        }
    }

    /// Ends the client, and the server's own database when nobody else uses it.
    public func close() {
        client.shutdown()
        if let embedded { embedded.database.leave(embedded.membership) }
    }
}

/// Production without a mail or SMS gateway: the code stays in the database, and the log says that nobody was told.
private struct NoDelivery: CodeDelivery {
    let logger: Logger

    func deliver(_ letter: Letter) async {
        logger.warning(
            "A letter could not be delivered: no gateway is configured",
            metadata: ["kind": "\(letter.address.kind.rawValue)"])
    }
}
