/// What a third party may see of a job by a link, without an account (U11).
public enum ShareScope: String, CaseIterable, Sendable, Hashable {
    /// Where it stands, and when help is expected.
    case status
    /// And where the provider is, while he has it.
    case position
}

/// How long a job may be followed by a link, and by how many.
public enum ShareRules {
    /// Seconds: a minute to a day. Ours.
    public static let seconds = 60...86_400
    /// When nobody has said how long: four hours. Ours.
    public static let usualSeconds = 4 * 3600
    /// Links of one job that work at the same time. Ours.
    public static let mostLinks = 10
}
