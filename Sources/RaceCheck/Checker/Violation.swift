/// A promise that the history shows broken.
public struct Violation: Sendable, Hashable, CustomStringConvertible {
    /// The rule, one of those `RaceChecker` lists.
    public var rule: String
    public var sentence: String
    /// What it concerns, so that the report can show the part of the history.
    public var job: String?
    public var provider: String?

    public init(_ rule: String, _ sentence: String, job: String? = nil, provider: String? = nil) {
        self.rule = rule
        self.sentence = sentence
        self.job = job
        self.provider = provider
    }

    public var description: String { "\(rule): \(sentence)" }
}
