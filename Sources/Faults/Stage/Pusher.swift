import BSON
import FixOnCallClient
import Proving
import RoadsideRules
import Synchronization

/// Writes to people through the API, so many times a second whatever the answers, each time a durable row of an inbox.
final class Pusher: Sendable {
    /// One request, and what came of it.
    struct Push: Sendable {
        let mark: Int
        let recipient: Int
        /// When it was due.
        let due: UInt64
        var answeredAt: UInt64 = 0
        /// nil when nobody answered.
        var status: Int?
    }

    private let admin: Newcomer
    private let connections: Int
    private let clients: [[HTTPClient]]
    private let filler: String
    private let done = Mutex<[Push]>([])
    private let last: Atomic<Int>
    private let isOver = Atomic(false)

    /// - Parameters:
    ///   - ports: the servers, one after the other; one that cannot be reached is passed over.
    ///   - bytes: of each message.
    ///   - firstMark: of the first push; marks count up from it.
    ///   - connections: to each server; a push waits behind those that have not been answered on its own.
    init(_ admin: Newcomer, ports: [Int], bytes: Int = 40, firstMark: Int = 1, connections: Int = 24) {
        self.admin = admin
        self.connections = connections
        clients = (0..<connections).map { _ in ports.map { HTTPClient(host: "127.0.0.1", port: $0) } }
        filler = String(repeating: "x", count: max(1, bytes))
        last = Atomic(firstMark - 1)
    }

    /// All requests so far that have come to an end.
    var pushes: [Push] { done.withLock { $0 } }

    /// Ends ``run(_:to:rate:seed:)``.
    func stop() { isOver.store(true, ordering: .relaxed) }

    /// Until ``stop()``: writes to somebody at random, at a steady rate.
    func run(to people: [Newcomer], rate: Int, dice: SplitMix64) async {
        var dice = dice
        let interval = UInt64(1_000_000_000 / max(rate, 1))
        var due = Moment.now
        await withDiscardingTaskGroup { group in
            while !isOver.load(ordering: .relaxed), !Task.isCancelled {
                let recipient = dice.below(people.count)
                let moment = due
                group.addTask { await self.push(to: people[recipient], at: recipient, due: moment) }
                due += interval
                let now = Moment.now
                if due > now { try? await Task.sleep(for: .nanoseconds(due - now)) }
            }
        }
    }

    /// Writes once to each, a few at a time.
    func toAll(_ people: [Newcomer]) async {
        await withDiscardingTaskGroup { group in
            for lane in 0..<connections {
                group.addTask {
                    for place in stride(from: lane, to: people.count, by: self.connections) {
                        await self.push(to: people[place], at: place, due: Moment.now)
                    }
                }
            }
        }
    }

    /// - Returns: the mark of the message.
    @discardableResult
    func push(to person: Newcomer, at place: Int, due: UInt64) async -> Int {
        let mark = last.add(1, ordering: .relaxed).newValue
        var push = Push(mark: mark, recipient: place, due: due)
        let body: JSON = [
            "recipient_id": .string(person.id), "title": .string("fault #\(mark) "), "message": .string(filler),
        ]
        let choices = clients[mark % connections]
        for turn in choices.indices {
            do {
                let http = choices[(mark / connections + turn) % choices.count]
                push.status = try await http.post("/api/notifications/send", body, token: admin.token).status
            } catch ClientError.unreachable {
                // Never sent, so the next one may be asked.
                continue
            } catch {}
            break
        }
        push.answeredAt = Moment.now
        done.withLock { [push] in $0.append(push) }
        return mark
    }
}
