/// The stations of a job, in order of its life (domain §4.4). The raw words are the stored ones.
public enum JobStatus: String, CaseIterable, Sendable, Hashable {
    case scheduled, requested, matching, accepted
    case enRoute = "en_route"
    case arrived
    case inProgress = "in_progress"
    case towing
    case atDestination = "at_destination"
    case completed, cancelled, expired, failed

    /// Nothing leaves a terminal status: it is frozen.
    public var isTerminal: Bool {
        switch self {
        case .completed, .cancelled, .expired, .failed: true
        default: false
        }
    }

    /// Anything that is not terminal.
    public var isOpen: Bool { !isTerminal }

    /// A provider holds the job: `accepted` … `at_destination`.
    public var isLive: Bool {
        switch self {
        case .accepted, .enRoute, .arrived, .inProgress, .towing, .atDestination: true
        default: false
        }
    }

    /// A provider has the job and is not there yet.
    public var isApproach: Bool { self == .accepted || self == .enRoute }

    /// The customer may read the start code now: `accepted` … `arrived` (contracts K23).
    public var showsStartCode: Bool {
        switch self {
        case .accepted, .enRoute, .arrived: true
        default: false
        }
    }

    /// The word inside an English sentence: `en route`, `in progress`.
    public var spoken: String {
        String(rawValue.map { $0 == "_" ? " " : $0 })
    }
}
