import Logging
import Realtime
import Roadside

/// The receipts of one connection on their way to the inbox; used on its event loop only.
///
/// One at a time is written; receipts are cumulative, so the newest stands for those it overtook.
final class ReceiptKeeper {
    private let keep: @Sendable (Int64) async throws(RoadsideError) -> Void
    private let logger: Logger
    private var confirmed: Int64 = 0
    private var isKeeping = false

    /// - Parameter keep: writes that everything up to a seq has arrived.
    init(logger: Logger, keep: @escaping @Sendable (Int64) async throws(RoadsideError) -> Void) {
        self.logger = logger
        self.keep = keep
    }

    /// Everything up to `seq` has arrived; nothing happens when that is known.
    func confirm(_ seq: Int64, on connection: SocketConnection) {
        guard seq > confirmed else { return }
        confirmed = seq
        write(on: connection)
    }

    private func write(on connection: SocketConnection) {
        guard !isKeeping else { return }
        isKeeping = true
        let (keep, logger, seq) = (keep, logger, confirmed)
        let back = LoopReturn(to: self, on: connection)
        connection.run {
            do throws(RoadsideError) {
                try await keep(seq)
            } catch {
                // Not lost: without its receipt the row is sent again on the next connection.
                logger.warning("A receipt could not be kept", metadata: ["error": "\(error)"])
            }
            back.execute { $0.wrote(seq, on: connection) }
        }
    }

    private func wrote(_ seq: Int64, on connection: SocketConnection) {
        isKeeping = false
        if confirmed > seq { write(on: connection) }
    }
}
