/// Why a provider is not asked about a job. The raw values are stored in dispatch traces and shown to staff.
public enum Exclusion: String, CaseIterable, Sendable, Hashable {
    case notApproved = "not_approved"
    case switchedOff = "switched_off"
    /// Without a valid paper of a kind that the installation asks for.
    case papers
    case offDuty = "off_duty"
    case onBreak = "on_break"
    case busy
    /// Outside the hours he has said he works.
    case offShift = "off_shift"
    /// No minute of duty is left to him for now.
    case dutyHours = "duty_hours"
    case capability
    /// Without one of the licence classes that the tow takes.
    case licence
    case licenceExpired = "licence_expired"
    /// The truck he is in takes no such vehicle.
    case towCapacity = "tow_capacity"
    /// Without what the vehicle's state makes necessary.
    case equipment
    /// The job is his own call for help.
    case ownRequest = "own_request"
    /// He held the job and left it.
    case leftJob = "left_job"
    case declined
    /// Asked in this search already.
    case alreadyAsked = "already_asked"
    /// Another exclusive offer is his to answer first.
    case considering
    case noPosition = "no_position"
    case stalePosition = "stale_position"
    /// Beyond the ring of the search.
    case outOfRing = "out_of_ring"
    /// Beyond the radius he goes himself.
    case outOfRadius = "out_of_radius"
    /// An appointment keeps his time.
    case held
}
