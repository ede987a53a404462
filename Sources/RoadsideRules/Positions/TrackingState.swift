/// Whether it is known where the provider of a job is: that nobody has the job and that its provider has no signal are
/// different things (domain §4.7, U15).
public enum TrackingState: String, CaseIterable, Sendable, Hashable {
    /// Nobody holds the job.
    case unassigned
    /// His last position is fresh.
    case live
    /// He has not been heard of for a while, or never has.
    case stale
    /// He has sent positions and has fallen silent.
    case lost
}
