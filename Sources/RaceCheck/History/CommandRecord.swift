public import RoadsideRules

/// One request of one virtual person and what came of it: a line of the history.
///
/// Moments are milliseconds since 1970 by the machine's clock, which the servers under test share.
public struct CommandRecord: Sendable, Hashable {
    public enum Kind: String, Sendable {
        case open, book, accept, decline, cancel, advance, start, complete, assign, look
    }

    public enum Outcome: Sendable, Hashable {
        case answered(Answer)
        /// The connection broke after the request was sent, or no answer came: it may have been done, now or later.
        case unknown(String)
        /// No connection could be made: it has not been done.
        case unsent
    }

    /// What an answer says about the job.
    public struct Answer: Sendable, Hashable {
        public var status: Int
        /// The reason of a refusal.
        public var code: String?
        public var job: String?
        public var version: Int64?
        /// The canonical status.
        public var stage: String?
        public var holder: String?

        public init(
            _ status: Int, code: String? = nil, job: String? = nil, version: Int64? = nil, stage: String? = nil,
            holder: String? = nil
        ) {
            self.status = status
            self.code = code
            self.job = job
            self.version = version
            self.stage = stage
            self.holder = holder
        }
    }

    public var kind: Kind
    public var actor: String
    public var role: Role
    /// The job it was about; of an opening, the one the answer names.
    public var job: String?
    /// Whom an assignment names.
    public var provider: String?
    /// The canonical status a change of status asks for.
    public var target: String?
    /// Which of the two servers was asked.
    public var server: Int
    /// The `Idempotency-Key` that went with it.
    public var key: String?
    /// What makes a job recognisable whose opening was never answered: a part of its description.
    public var mark: String?
    public var began: Int64
    public var ended: Int64
    public var outcome: Outcome

    public init(
        _ kind: Kind, by actor: String, as role: Role, job: String? = nil, provider: String? = nil,
        target: String? = nil, server: Int = 0, key: String? = nil, mark: String? = nil, began: Int64, ended: Int64,
        _ outcome: Outcome
    ) {
        self.kind = kind
        self.actor = actor
        self.role = role
        self.job = job
        self.provider = provider
        self.target = target
        self.server = server
        self.key = key
        self.mark = mark
        self.began = began
        self.ended = ended
        self.outcome = outcome
    }

    public var answer: Answer? {
        guard case .answered(let answer) = outcome else { return nil }
        return answer
    }

    /// Answered with success.
    public var isDone: Bool { answer.map { (200..<300).contains($0.status) } ?? false }

    /// Done, or perhaps done.
    public var mayHaveHappened: Bool {
        if case .unknown = outcome { return true }
        return isDone
    }
}

extension CommandRecord: CustomStringConvertible {
    public var description: String {
        var words = ["\(began)…\(ended)", "#\(server)", "\(role.rawValue) \(actor.suffix(6))", kind.rawValue]
        if let target { words.append(target) }
        if let provider { words.append("for \(provider.suffix(6))") }
        switch outcome {
        case .answered(let answer):
            words.append("→ \(answer.status)")
            words += [answer.code, answer.stage, answer.version.map { "v\($0)" }].compactMap(\.self)
            if let holder = answer.holder { words.append("held by \(holder.suffix(6))") }
        case .unknown(let cause): words.append("→ unknown (\(cause))")
        case .unsent: words.append("→ not sent")
        }
        return words.joined(separator: " ")
    }
}
