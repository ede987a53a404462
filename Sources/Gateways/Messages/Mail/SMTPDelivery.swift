import BSON
public import Foundation
public import Logging
public import Roadside
import Synchronization

/// Letters by mail. Whoever has a letter to send does not wait for it: it is put into a short queue, which a thread of its
/// own hands to the mail server. A full queue drops letters, as every other loss does: what is lost is asked for again.
///
/// The log says that a letter was lost and why, never to whom it went or what was in it.
public final class SMTPDelivery: CodeDelivery {
    private struct Post: Sendable {
        let letter: Letter
        /// Of its `Message-ID`, alike at every try.
        let id: String
        var tries = 0
        var notBefore: Date = .distantPast
    }

    private struct State {
        var waiting: [Post] = []
        var isRunning = false
    }

    private let server: MailServer
    private let capacity: Int
    private let tries: Int
    private let pause: Duration
    private let clock: @Sendable () -> Date
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capacity: letters that may wait.
    ///   - tries: how often a letter is handed in before it is given up.
    ///   - pause: before a letter is tried again, and twice that before the next time.
    public init(
        _ server: MailServer, capacity: Int = 256, tries: Int = 3, pause: Duration = .seconds(5),
        clock: @escaping @Sendable () -> Date = { Date() }, logger: Logger
    ) {
        self.server = server
        self.capacity = max(1, capacity)
        self.tries = max(1, tries)
        self.pause = pause
        self.clock = clock
        self.logger = logger
    }

    public func deliver(_ letter: Letter) async {
        guard letter.address.kind == .email else {
            lose(letter, "this is no mail address")
            return
        }
        let (accepted, starts) = state.withLock { state -> (Bool, Bool) in
            guard state.waiting.count < capacity else { return (false, false) }
            state.waiting.append(Post(letter: letter, id: "\(ObjectID().hex)@\(server.domain)"))
            let starts = !state.isRunning
            state.isRunning = true
            return (true, starts)
        }
        if !accepted { lose(letter, "too many are waiting") }
        if starts { Thread.detachNewThread { self.drain() } }
    }

    /// Ends when nothing is waiting; the next letter begins anew.
    private func drain() {
        let transfer = SMTPTransfer(server)
        while let post = next() {
            let wait = post.notBefore.timeIntervalSince(clock())
            if wait > 0 { Thread.sleep(forTimeInterval: wait) }
            send(post, by: transfer)
        }
    }

    private func next() -> Post? {
        state.withLock { state in
            // Those that are tried again stand back for the others.
            guard
                let index = state.waiting.indices.min(by: { state.waiting[$0].notBefore < state.waiting[$1].notBefore })
            else {
                state.isRunning = false
                return nil
            }
            return state.waiting.remove(at: index)
        }
    }

    private func send(_ post: Post, by transfer: SMTPTransfer) {
        let (letter, now) = (post.letter, clock())
        if let expiresAt = letter.expiresAt, expiresAt <= now { return lose(letter, "it came too late to be of use") }
        let mail = MailText(letter, at: now)
        guard
            let message = try? MailMessage(
                from: server.sender, name: server.name, to: letter.address.text, subject: mail.subject,
                text: mail.text, id: post.id, at: now)
        else { return lose(letter, "its header would be broken") }
        switch transfer.send(message, to: letter.address.text) {
        case .accepted: return
        case .refused(let reply): lose(letter, "the server refuses it", reply: reply)
        case .failed(let reason, let reply):
            var again = post
            again.tries += 1
            guard again.tries < tries else { return lose(letter, reason, reply: reply) }
            let seconds = pause / .seconds(1) * Double(again.tries)
            again.notBefore = now.addingTimeInterval(seconds)
            let later = again
            state.withLock { $0.waiting.append(later) }
        }
    }

    private func lose(_ letter: Letter, _ reason: String, reply: Int = 0) {
        logger.error(
            "A letter was lost",
            metadata: [
                "kind": "\(letter.address.kind.rawValue)", "reason": "\(reason)", "reply": "\(reply)",
            ])
    }
}
