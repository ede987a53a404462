/// What is refused first when there is more to do than can be done (trust.md §1.9).
public enum Importance: Sendable, Hashable, CaseIterable {
    /// Never refused, such as the question whether the server is well.
    case vital
    /// Somebody is in danger, or a job goes on: refused last.
    case urgent
    /// Everything that is not named.
    case usual
    /// Lists, exports, figures: whoever wants them can ask again.
    case deferrable
    /// Waits for somebody and not for us, such as a poll for events: it takes no place, and is refused with the lists.
    case patient
}
