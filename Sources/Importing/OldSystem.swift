/// A system whose data can be brought over.
public enum OldSystem: String, CaseIterable, Sendable {
    case fixOnCall = "fix-on-call"
    case depannini
    case toota
    case careConnect = "careconnect"
    case liveBookings = "live-bookings"
}
