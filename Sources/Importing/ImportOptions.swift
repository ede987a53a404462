/// What an operator may choose of an import.
public struct ImportOptions: Sendable {
    /// What becomes of jobs that are open in the old system.
    public enum OpenJobs: String, CaseIterable, Sendable {
        /// They come over as expired, or as cancelled when somebody had them, with a reason.
        case close
        /// They stay out, and are in the report.
        case reject
    }

    /// Nothing is written; everything is looked at.
    public var isRehearsal: Bool
    public var openJobs: OpenJobs
    /// Admins, dispatchers and partners come over, switched off; otherwise they stay out.
    public var withStaff: Bool
    /// Stops after so many batches, as if it had been killed; nil: never.
    public var mostBatches: Int?

    public init(
        isRehearsal: Bool = false, openJobs: OpenJobs = .close, withStaff: Bool = false, mostBatches: Int? = nil
    ) {
        self.isRehearsal = isRehearsal
        self.openJobs = openJobs
        self.withStaff = withStaff
        self.mostBatches = mostBatches
    }
}
