/// What one socket heard from its opening to its end, in order.
public struct SocketRecord: Sendable, Hashable {
    public enum Route: String, Sendable {
        /// A provider's alerts, and that they are void.
        case alerts = "provider.offers"
        /// A customer's own jobs.
        case bookings = "customer.jobs"
    }

    /// A frame that names a job: its number, and `alert`, `withdrawn` or the status word.
    public struct Frame: Sendable, Hashable {
        public var number: Int64
        public var word: String

        public init(_ number: Int64, _ word: String) {
            self.number = number
            self.word = word
        }
    }

    public var person: String
    public var route: Route
    public var frames: [Frame] = []
    /// The positions in the inbox that the server's pings named.
    public var cursors: [Int64] = []

    public init(person: String, route: Route, frames: [Frame] = [], cursors: [Int64] = []) {
        self.person = person
        self.route = route
        self.frames = frames
        self.cursors = cursors
    }
}
