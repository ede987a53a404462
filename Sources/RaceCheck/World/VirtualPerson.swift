import BSON
import FixOnCallClient
import Proving
import RoadsideRules

/// Somebody with an account, who can speak to both servers and notes every word of it.
final class VirtualPerson: Sendable {
    let id: String
    let role: Role
    let token: String
    private let clients: [HTTPClient]
    private let recorder: Recorder

    init(_ newcomer: Newcomer, ports: [Int], recorder: Recorder) {
        (id, role, token) = (newcomer.id, newcomer.role, newcomer.token)
        self.recorder = recorder
        clients = ports.map { HTTPClient(host: "127.0.0.1", port: $0) }
    }

    /// A request about a job.
    struct Wish: Sendable {
        var kind: CommandRecord.Kind
        var method = "POST"
        var path: String
        var body: JSON?
        var job: String?
        var provider: String?
        var target: String?
        var key: String?
        var mark: String?
    }

    /// Asks one server once.
    @discardableResult
    func ask(_ wish: Wish, at server: Int) async -> (record: CommandRecord, entity: JSON?) {
        var headers = [("Authorization", "Bearer \(token)")]
        if let key = wish.key { headers.append(("Idempotency-Key", key)) }
        var record = CommandRecord(
            wish.kind, by: id, as: role, job: wish.job, provider: wish.provider, target: wish.target,
            server: server, key: wish.key, mark: wish.mark, began: Recorder.now, ended: 0, .unsent)
        var entity: JSON?
        do {
            let answer = try await clients[server].request(
                wish.method, wish.path, headers: headers, json: wish.body, timeout: .seconds(25))
            (record.outcome, entity) = Self.read(answer)
        } catch ClientError.unreachable {
            record.outcome = .unsent
        } catch {
            record.outcome = .unknown("\(error)")
        }
        record.ended = Recorder.now
        if record.job == nil { record.job = record.answer?.job }
        recorder.add(record)
        return (record, entity)
    }

    /// Asks until somebody answers, one server after the other, always with the same key.
    func insist(_ wish: Wish, from server: Int) async -> (record: CommandRecord, entity: JSON?) {
        var last = await ask(wish, at: server)
        var tries = 1
        while !Self.isSettled(last.record), tries < 60, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(min(50 * tries, 500)))
            last = await ask(wish, at: (server + tries) % clients.count)
            tries += 1
        }
        return last
    }

    /// The answer to a question that is no part of the history; nil when nobody answers.
    func read(_ path: String, from server: Int) async -> JSON? {
        for attempt in 0..<60 {
            let client = clients[(server + attempt) % clients.count]
            if let answer = try? await client.get(path, token: token), answer.status == 200 { return answer.json }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    /// Answered, and not only with an excuse.
    static func isSettled(_ record: CommandRecord) -> Bool {
        record.answer.map { $0.status != 503 && $0.code != "IDEMPOTENCY_IN_PROGRESS" } ?? false
    }

    private static func read(_ answer: HTTPAnswer) -> (CommandRecord.Outcome, JSON?) {
        let json = answer.json
        let code = json?["code"]?.string
        if code == "OUTCOME_UNKNOWN" { return (.unknown("the server does not know"), nil) }
        let entity = json?["data"]?["service"] ?? json?["data"]?["booking"]
        return (
            .answered(
                .init(
                    answer.status, code: code,
                    job: entity?["service_id"]?.string ?? entity?["id"]?.string, version: entity?["version"]?.int,
                    stage: entity?["stage"]?.string,
                    holder: entity?["assigned_to"]?.string ?? entity?["mechanic_id"]?.string)), entity
        )
    }
}
