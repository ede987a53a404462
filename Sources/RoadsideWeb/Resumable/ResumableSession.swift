import BSON
import Foundation
import Logging
import NIOCore
import Realtime
import Roadside

/// One resumable socket: hello, then what the client asks for, then live.
///
/// Everything here happens on the connection's event loop; what waits for the database runs as work of the connection and
/// comes back to it.
final class ResumableSession: SocketSession {
    private enum Phase {
        /// Hello has not been said. What the client says already waits.
        case opening([[UInt8]])
        /// The client may say where to go on.
        case greeted
        /// It is being found out whether he can go on there.
        case deciding
        case reading
    }

    /// More messages before hello than any client has a use for. Ours.
    private static let early = 16
    /// With the third bad message the socket ends (realtime.md §3.11).
    private static let allowedFaults = 2

    private let words: ResumableWords
    private let options: ResumableSockets.Options
    private let accounts: Accounts
    private let inbox: Inbox
    private let keyed: KeyedCommands
    private let reader: InboxReader
    private let positions: PositionWatch
    private let receipts: ReceiptKeeper
    private let logger: Logger

    private var connection: SocketConnection?
    private var phase = Phase.opening([])
    /// Whoever's token was the last to be good.
    private var caller: Caller
    /// The newest seq the client has, or has been sent: the highest he may confirm.
    private var sent: Int64 = 0
    private var faults = 0
    private var notice: SocketTimer?

    init(
        _ caller: Caller, _ words: ResumableWords, _ options: ResumableSockets.Options, accounts: Accounts,
        inbox: Inbox, keyed: KeyedCommands, reader: InboxReader, positions: PositionWatch, logger: Logger
    ) {
        self.caller = caller
        self.words = words
        self.options = options
        self.accounts = accounts
        self.inbox = inbox
        self.keyed = keyed
        self.reader = reader
        self.positions = positions
        self.logger = logger
        receipts = ReceiptKeeper(logger: logger) { [recipient = caller.userID] seq async throws(RoadsideError) in
            try await inbox.receipt(recipient: recipient, upTo: seq)
        }
    }

    func opened(_ connection: SocketConnection) {
        self.connection = connection
        positions.open(connection)
        reader.open(connection, wentLive: { [weak self] in self?.wentLive() }) { [weak self] in self?.deliver($0) }
        greet()
    }

    func received(text: [UInt8]) {
        if case .opening(let waiting) = phase {
            guard waiting.count < Self.early else { return connection?.close(.rateLimited) ?? () }
            phase = .opening(waiting + [text])
        } else {
            take(text)
        }
    }

    func becameWritable() {
        reader.becameWritable()
        positions.becameWritable()
    }

    func closed() {
        reader.close()
        positions.close()
        connection = nil
    }

    private func wentLive() {
        confirmSession()
        positions.begin()
    }

    private func deliver(_ news: [InboxDelivery]) {
        let end = news.firstIndex { $0.row.ends(session: caller.sessionID) }
        var frames: [EncodedFrame] = []
        for delivery in news[..<(end ?? news.endIndex)] where delivery.row.kind != .session {
            frames += delivery.frames(in: words.renderer)
            sent = delivery.row.seq
        }
        connection?.send(frames)
        connection?.expect(answers: frames.count)
        for delivery in news { positions.hear(delivery.row) }
        if end != nil { connection?.close(.revoked) }
    }
}

// Where to begin.
extension ResumableSession {
    private func greet() {
        guard let connection else { return }
        let (inbox, recipient) = (inbox, caller.userID)
        ask { () async throws(RoadsideError) in
            try await inbox.openHead(of: recipient)
        } then: { session, head in
            session.greeted(head, on: connection)
        } again: {
            $0.greet()
        }
    }

    private func greeted(_ head: InboxHead, on connection: SocketConnection) {
        guard case .opening(let waiting) = phase else { return }
        connection.send(ResumableFrames.hello(head, pings: options.pingInterval.components.seconds))
        phase = .greeted
        giveNotice()
        let back = LoopReturn(to: self, on: connection)
        connection.schedule(after: options.resumePatience) { back.execute { $0.stopWaiting() } }
        for text in waiting { take(text) }
    }

    /// A client without a cursor is told what nobody has confirmed.
    private func stopWaiting() {
        guard case .greeted = phase else { return }
        phase = .reading
        reader.start(.unconfirmed(nil))
    }

    private func resume(from place: InboxHead) {
        switch phase {
        case .greeted: decide(from: place)
        // Too late to go on without a repeat: he is told where things stand, which is never wrong.
        case .reading: decide(from: nil)
        case .opening, .deciding: break
        }
    }

    private enum Decision: Sendable {
        case goOn(from: Int64)
        case reset(head: Int64, snapshot: JSON)
    }

    /// - Parameter place: nil for a client who begins anew.
    private func decide(from place: InboxHead?) {
        phase = .deciding
        reader.pause()
        let (inbox, caller, snapshot) = (inbox, caller, words.snapshot)
        ask { () async throws(RoadsideError) -> Decision in
            if let place, try await inbox.resume(recipient: caller.userID, from: place) == .kept {
                return .goOn(from: place.seq)
            }
            // The head first: what the snapshot may lack is above it.
            let head = try await inbox.openHead(of: caller.userID).seq
            return .reset(head: head, snapshot: try await snapshot(caller))
        } then: {
            $0.decided($1)
        } again: {
            $0.decide(from: place)
        }
    }

    private func decided(_ decision: Decision) {
        phase = .reading
        switch decision {
        case .goOn(let seq):
            sent = max(sent, seq)
            reader.start(.above(seq, nil))
        case .reset(let head, let snapshot):
            sent = head
            connection?.send(ResumableFrames.reset(head, snapshot))
            reader.start(.live(above: head))
        }
    }

    /// Asks the database, and when it does not answer asks again in a second.
    private func ask<Answer: Sendable>(
        _ question: @escaping @Sendable () async throws(RoadsideError) -> Answer,
        then: @escaping @Sendable (ResumableSession, Answer) -> Void,
        again: @escaping @Sendable (ResumableSession) -> Void
    ) {
        guard let connection else { return }
        let (back, logger) = (LoopReturn(to: self, on: connection), logger)
        connection.run {
            do throws(RoadsideError) {
                let answer = try await question()
                back.execute { then($0, answer) }
            } catch {
                logger.warning("A socket waits for the database", metadata: ["error": "\(error)"])
                connection.schedule(after: .seconds(1)) { back.execute(again) }
            }
        }
    }
}

// What the client says.
extension ResumableSession {
    private func take(_ text: [UInt8]) {
        do throws(ClientMessage.Fault) {
            switch try ClientMessage(text) {
            case .resume(let place): resume(from: place)
            case .ack(let seq): acknowledge(seq)
            case .auth(let token): authenticate(token)
            case .send(let command): carryOut(command)
            case .ping: connection?.send(ResumableFrames.pong)
            }
        } catch {
            faults += 1
            let words = ResumableFrames.error("BAD_MESSAGE", id: error.id, message: error.message)
            if faults > Self.allowedFaults {
                connection?.close(.badMessages, farewell: words)
            } else {
                connection?.send(words)
            }
        }
    }

    /// Never more than he can have.
    private func acknowledge(_ seq: Int64) {
        guard let connection else { return }
        connection.answered()
        receipts.confirm(min(seq, sent), on: connection)
    }

    private func carryOut(_ command: SocketCommand) {
        guard let connection else { return }
        guard let handler = words.commands[command.kind] else {
            return connection.send(ResumableFrames.error("UNKNOWN_KIND", id: command.id))
        }
        let (caller, keyed) = (caller, keyed)
        // In the order in which he sent them, and to the end, so that the same id finds its answer when he comes back.
        let isStarted = connection.runInOrder {
            connection.send(await keyed.carryOut(command, by: caller, handler))
        }
        if !isStarted { connection.send(ResumableFrames.error(ErrorCode.rateLimited.rawValue, id: command.id)) }
    }
}

// The token.
extension ResumableSession {
    private func authenticate(_ token: String) {
        guard let connection else { return }
        let (accounts, back) = (accounts, LoopReturn(to: self, on: connection))
        connection.run {
            do throws(RoadsideError) {
                let caller = try await accounts.authenticate(bearer: token)
                back.execute { $0.authenticated(caller) }
            } catch {
                connection.send(ResumableFrames.error(error.code.rawValue))
            }
        }
    }

    /// The session may have been ended while the client was still to say where to go on, and that is in no replay.
    private func confirmSession() {
        let (accounts, caller) = (accounts, caller)
        ask { () async throws(RoadsideError) in
            try await accounts.stands(caller)
        } then: { session, stands in
            if !stands { session.connection?.close(.revoked) }
        } again: {
            $0.confirmSession()
        }
    }

    private func authenticated(_ newcomer: Caller) {
        guard let connection else { return }
        guard newcomer.userID == caller.userID else {
            return connection.close(.revoked.because("another user's token"))
        }
        caller = newcomer
        connection.expire(in: .seconds(options.end(of: caller).timeIntervalSinceNow))
        connection.send(ResumableFrames.renewed(in: Self.seconds(until: caller.expiresAt)))
        giveNotice()
    }

    /// Asks for another token while there is still time to get one.
    private func giveNotice() {
        guard let connection else { return }
        notice?.cancel()
        let expiry = caller.expiresAt
        let delay = Duration.seconds(expiry.timeIntervalSinceNow) - options.renewalNotice
        notice = connection.schedule(after: max(delay, .zero)) {
            connection.send(ResumableFrames.reauth(in: Self.seconds(until: expiry)))
        }
    }

    private static func seconds(until date: Date) -> Int64 {
        Int64(max(0, date.timeIntervalSinceNow.rounded()))
    }
}
