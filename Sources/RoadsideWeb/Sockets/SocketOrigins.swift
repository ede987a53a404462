/// Whose pages may open sockets (realtime.md §3.10).
///
/// A browser names the origin of the page, whatever the page's script wants. What names none is no browser and may: no
/// cookie stands for anybody on sockets, so this is a second lock.
public struct SocketOrigins: Sendable, Hashable {
    /// Stands for every page of the machine that shows it.
    public static let loopback = "loopback"

    private var listed: Set<WebOrigin> = []
    private var allowsLoopback = false

    /// The server's own pages alone.
    public init() {}

    /// The server's own, and those listed.
    ///
    /// - Parameter entries: origins such as `https://app.example.com`, or ``loopback``; nil when one is neither.
    public init?(_ entries: [String]) {
        for entry in entries {
            if entry == Self.loopback {
                allowsLoopback = true
            } else if let origin = WebOrigin(entry) {
                listed.insert(origin)
            } else {
                return nil
            }
        }
    }

    /// - Parameters:
    ///   - named: the values of `Origin`.
    ///   - host: the value of `Host`.
    func allow(_ named: [String], host: String?) -> Bool {
        guard let only = named.first else { return true }
        guard named.count == 1, let origin = WebOrigin(only) else { return false }
        return listed.contains(origin) || allowsLoopback && origin.isLoopback
            || host.map(origin.isOf(host:)) ?? false
    }
}
