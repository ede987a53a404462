import BSON
import Foundation
import HTTPTypes
import Logging
import Realtime
import Roadside

/// One socket of a dialect with frames of its own.
///
/// Everything here happens on the connection's event loop; what waits for the database runs as work of the connection and
/// comes back to it. Rows are put into words one after the other, and the inbox is not read on meanwhile.
final class DialogueSession: SocketSession {
    /// With the third message that is no JSON object the socket ends (realtime.md §3.11).
    private static let allowedFaults = 2
    /// When the database does not answer, it is asked again after so long. Ours.
    private static let patience = Duration.seconds(1)

    private let dialogue: Dialogue
    private let accounts: Accounts
    private let inbox: Inbox
    private let reader: InboxReader
    private let watch: PositionWatch?
    private let receipts: ReceiptKeeper?
    private let logger: Logger

    private var connection: SocketConnection?
    /// Rows on their way into words.
    private var waiting: [InboxRow] = []
    private var isWording = false
    /// The newest seq sent: the highest a receipt may name.
    private var sent: Int64 = 0
    private var faults = 0

    init(
        _ dialogue: Dialogue, accounts: Accounts, inbox: Inbox, reader: InboxReader, watch: PositionWatch?,
        logger: Logger
    ) {
        self.dialogue = dialogue
        self.accounts = accounts
        self.inbox = inbox
        self.reader = reader
        self.watch = watch
        self.logger = logger
        receipts =
            if case .unconfirmed(let route) = dialogue.replay {
                ReceiptKeeper(logger: logger) {
                    [recipient = dialogue.caller.userID] seq async throws(RoadsideError) in
                    try await inbox.receipt(recipient: recipient, route: route, upTo: seq)
                }
            } else { nil }
    }

    func opened(_ connection: SocketConnection) {
        self.connection = connection
        watch?.open(connection)
        reader.open(connection, wentLive: { [weak self] in self?.wentLive() }) { [weak self] in self?.deliver($0) }
        begin()
        if let interval = dialogue.applicationPing { sayPing(every: interval) }
        if let look = dialogue.look { lookAgain(look) }
    }

    func received(text: [UInt8]) {
        switch DialogueMessage(text) {
        case .ping: connection?.send(DialogueMessage.pong(at: Date()))
        case .words(let json): take(json)
        case nil:
            faults += 1
            let words = dialogue.refused(RoadsideError(.malformedBody, "Send a JSON object."))
            if faults > Self.allowedFaults {
                connection?.close(.badMessages, farewell: words)
            } else {
                connection?.send(words)
            }
        }
    }

    func received(pong: [UInt8]) {
        guard let connection, let receipts, let seq = CursorPing.seq(of: pong), seq <= sent else { return }
        receipts.confirm(seq, on: connection)
    }

    func becameWritable() {
        reader.becameWritable()
        watch?.becameWritable()
    }

    func closing(_ disconnect: Disconnect) -> EncodedFrame? { dialogue.farewell }

    func closed() {
        reader.close()
        watch?.close()
        connection = nil
        waiting = []
    }
}

// The beginning.
extension DialogueSession {
    private func begin() {
        let (dialogue, inbox) = (dialogue, inbox)
        ask { () async throws(RoadsideError) -> ([EncodedFrame], InboxReader.Start) in
            switch dialogue.replay {
            case .unconfirmed(let route):
                return (try await dialogue.opened?() ?? [], .unconfirmed(route))
            case .live:
                // The head first: what the first frames may lack is above it.
                let head = try await inbox.openHead(of: dialogue.caller.userID).seq
                return (try await dialogue.opened?() ?? [], .live(above: head))
            }
        } then: { session, beginning in
            session.connection?.send(beginning.0)
            session.reader.start(beginning.1)
        } again: {
            $0.begin()
        }
    }

    /// The session may have been ended while the first frames were looked for, and that is in no replay.
    private func wentLive() {
        watch?.begin()
        let (accounts, caller) = (accounts, dialogue.caller)
        ask { () async throws(RoadsideError) in
            try await accounts.stands(caller)
        } then: { session, stands in
            if !stands { session.connection?.close(.revoked) }
        } again: {
            $0.wentLive()
        }
    }

    /// Asks the database, and when it does not answer asks again; any other refusal ends the socket.
    private func ask<Answer: Sendable>(
        _ question: @escaping @Sendable () async throws(RoadsideError) -> Answer,
        then: @escaping @Sendable (DialogueSession, Answer) -> Void,
        again: @escaping @Sendable (DialogueSession) -> Void
    ) {
        guard let connection else { return }
        let (back, logger, refused) = (LoopReturn(to: self, on: connection), logger, dialogue.refused)
        connection.run {
            do throws(RoadsideError) {
                let answer = try await question()
                back.execute { then($0, answer) }
            } catch  where error.isOurFault {
                logger.warning("A socket waits for the database", metadata: ["error": "\(error)"])
                connection.schedule(after: Self.patience) { back.execute(again) }
            } catch {
                connection.close(.done.because(error.code.rawValue), farewell: refused(error))
            }
        }
    }
}

// Rows.
extension DialogueSession {
    private func deliver(_ news: [InboxDelivery]) {
        for delivery in news {
            let row = delivery.row
            if row.ends(session: dialogue.caller.sessionID) {
                connection?.close(.revoked)
                return
            }
            guard !dialogue.routes.isDisjoint(with: row.routes) else { continue }
            waiting.append(row)
        }
        putIntoWords()
    }

    private func putIntoWords() {
        guard !isWording, let connection, !waiting.isEmpty else { return }
        isWording = true
        reader.hold(true)
        let (rows, words, logger, back) = (waiting, dialogue.row, logger, LoopReturn(to: self, on: connection))
        waiting = []
        connection.run {
            var frames: [EncodedFrame] = []
            for (index, row) in rows.enumerated() {
                do throws(RoadsideError) {
                    frames += try await words(row)
                } catch  where error.isOurFault {
                    logger.warning("A socket waits for the database", metadata: ["error": "\(error)"])
                    let (done, rest) = (frames, rows[index...])
                    back.execute { $0.worded(done, of: rows[..<index], then: rest) }
                    return
                } catch {
                    // What the row was about is gone for its recipient; a later one says so, if it is to be said.
                }
            }
            let all = frames
            back.execute { $0.worded(all, of: rows[...], then: []) }
        }
    }

    /// Sends what could be put into words, with a ping behind it where its pong is a receipt; the rest is tried again.
    private func worded(_ frames: [EncodedFrame], of rows: ArraySlice<InboxRow>, then rest: ArraySlice<InboxRow>) {
        isWording = false
        guard let connection else { return }
        if let last = rows.last {
            sent = max(sent, last.seq)
            if receipts == nil {
                connection.send(frames)
            } else {
                connection.send(frames, thenPing: CursorPing.payload(sent))
            }
            for row in rows { watch?.hear(row) }
        }
        waiting = rest + waiting
        guard waiting.isEmpty else {
            let back = LoopReturn(to: self, on: connection)
            guard rest.isEmpty else {
                connection.schedule(after: Self.patience) { back.execute { $0.putIntoWords() } }
                return
            }
            return putIntoWords()
        }
        reader.hold(false)
    }
}

// What the client says, and what is said without being asked.
extension DialogueSession {
    private func take(_ json: JSON) {
        guard let connection, let received = dialogue.received else { return }
        let refused = dialogue.refused
        // In the order in which he sent them, and to the end: what was asked for once is not left half done.
        let isStarted = connection.runInOrder {
            do throws(RoadsideError) {
                connection.send(try await received(json))
            } catch {
                connection.send(refused(error))
            }
        }
        if !isStarted {
            connection.send(refused(RoadsideError(.rateLimited, "One after the other: wait for the answers.")))
        }
    }

    private func sayPing(every interval: Duration) {
        guard let connection else { return }
        let back = LoopReturn(to: self, on: connection)
        connection.schedule(after: interval) {
            back.execute {
                $0.connection?.send(DialogueMessage.serverPing)
                $0.sayPing(every: interval)
            }
        }
    }

    private func lookAgain(_ look: Dialogue.Look) {
        guard let connection else { return }
        let (back, logger) = (LoopReturn(to: self, on: connection), logger)
        connection.schedule(after: look.interval) {
            connection.run {
                do throws(RoadsideError) {
                    connection.send(try await look.frames())
                } catch {
                    logger.debug("A socket could not look again", metadata: ["error": "\(error)"])
                }
                back.execute { $0.lookAgain(look) }
            }
        }
    }
}

extension RoadsideError {
    /// Whether the same may succeed later without anybody having changed anything.
    fileprivate var isOurFault: Bool { ErrorStatus.status(of: code).code >= 500 }
}
