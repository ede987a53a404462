import BSON
public import Logging
public import Roadside

/// Compares, from time to time, what the sockets of this process have seen with what their inboxes hold, and has those
/// that have missed something read on: the last guard against a bell that was never heard (realtime.md §3.6).
public struct InboxAudit: Sendable {
    private let hub: InboxHub
    private let inbox: Inbox
    private let interval: Duration
    private let patience: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - interval: between two audits.
    ///   - patience: how long a row may be on its way before it counts as missed.
    public init(
        hub: InboxHub, inbox: Inbox, interval: Duration, patience: Duration = .seconds(2), logger: Logger
    ) {
        (self.hub, self.inbox, self.interval, self.patience) = (hub, inbox, interval, patience)
        self.logger = logger
    }

    /// Audits until the task is cancelled.
    public func run() async {
        while (try? await Task.sleep(for: interval)) != nil {
            let before = hub.holes
            do {
                try await once()
            } catch {
                // The database is away, or the server stops; sockets know the former by themselves.
                continue
            }
            let found = hub.holes - before
            if found > 0 { logger.error("Sockets had missed rows and read on", metadata: ["sockets": "\(found)"]) }
        }
    }

    /// - Throws: `RoadsideError` of the database, `CancellationError`.
    func once() async throws {
        let heads = try await inbox.heads(of: hub.recipients)
        try await Task.sleep(for: patience)
        hub.compare(heads)
    }
}
