/// What was done, by a name that never changes: the kind of thing, and what became of it. Raw values are stored.
public enum AuditAction: String, Sendable, CaseIterable {
    /// An account of staff or of a partner was made without an invitation.
    case userCreated = "user.created"
    case userSwitchedOn = "user.switched_on"
    case userSwitchedOff = "user.switched_off"
    case providerApproved = "provider.approved"
    case providerRejected = "provider.rejected"
    case paperApproved = "document.approved"
    case paperRejected = "document.rejected"
    /// Somebody has looked at another's paper (T8). Nothing was changed by it.
    case paperViewed = "document.viewed"
    case invitationCreated = "invitation.created"
    case invitationRevoked = "invitation.revoked"
    case invitationAccepted = "invitation.accepted"
    case jobAdvanced = "job.advanced"
    case jobCompleted = "job.completed"
    case jobCancelled = "job.cancelled"
    case jobFailed = "job.failed"
    case jobAssigned = "job.assigned"
    /// It is searched for in another way from now on.
    case jobSearchChanged = "job.search_changed"
    case jobPhotographed = "job.photographed"
    case bookingChanged = "booking.changed"
    case emergencyAcknowledged = "emergency.acknowledged"
    case emergencyResolved = "emergency.resolved"
    case notificationSent = "notification.sent"
    case announcementStarted = "announcement.started"
    case exportMade = "export.made"
    case referenceInstalled = "reference.installed"
}
