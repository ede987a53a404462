/// The dialect of rides over one socket.
public enum CareConnect {
    /// The name of its blueprint; routes are `careconnect.…`. It is the channel of its jobs, too.
    public static let name = "careconnect"
}
