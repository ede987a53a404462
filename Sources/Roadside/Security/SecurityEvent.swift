/// What whoever guards an installation wants to hear of. The words are ids: alarms hang on them, so they never change
/// (operations.md §5.1).
public enum SecurityEvent: String, CaseIterable, Sendable {
    /// Somebody has signed in.
    case login = "login"
    /// A wrong password, an unknown address, or an outside party's token that does not count.
    case loginFail = "login_fail"
    /// A code that was not the right one.
    case codeFail = "code_fail"
    /// That was the last try that a code allows.
    case otpLock = "otp_lock"
    /// A refresh token came back that had been replaced; its family is ended.
    case refreshReuse = "refresh_reuse"
    /// Every session of somebody was ended.
    case sessionsEnded = "sessions_ended"
    /// Somebody asked for what his role or his account does not allow.
    case authzDeny = "authz_deny"
    /// Somebody was told to wait.
    case rateLimit = "rate_limit"
    /// Staff has changed something.
    case adminAction = "admin_action"
    /// An admin has looked at, or asked for a link to, somebody else's paper.
    case paperView = "paper_view"
    /// A provider's positions are made up by his device's own account, or contradict what he says.
    case spoofLocation = "spoof_location"
    /// Wrong passwords and codes come from everywhere at once.
    case guessingWave = "guessing_wave"
}
