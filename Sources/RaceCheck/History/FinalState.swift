/// What the database says when everything has come to rest. Ids are hexadecimal, moments milliseconds since 1970,
/// statuses the stored words.
public struct FinalState: Sendable {
    public struct Event: Sendable, Hashable {
        public var at: Int64
        public var status: String
        /// `customer`, `provider`, `admin`; nil for the system.
        public var by: String?
        public var actor: String?

        public init(at: Int64, _ status: String, by: String? = nil, actor: String? = nil) {
            self.at = at
            self.status = status
            self.by = by
            self.actor = actor
        }
    }

    public struct Job: Sendable {
        public var id: String
        public var number: Int64
        public var version: Int64
        public var status: String
        public var customer: String
        public var holder: String?
        public var slot: String?
        public var events: [Event]
        public var excluded: Set<String> = []
        public var declined: Set<String> = []
        public var attempt = 1
        public var mode = "broadcast"
        /// Whom the customer asked for when he opened it.
        public var preferred: String?
        public var timer: Int64?
        public var deadline: Int64 = .max
        public var description = ""

        public init(
            id: String, number: Int64, version: Int64, status: String, customer: String, holder: String? = nil,
            slot: String? = nil, events: [Event]
        ) {
            self.id = id
            self.number = number
            self.version = version
            self.status = status
            self.customer = customer
            self.holder = holder
            self.slot = slot
            self.events = events
        }
    }

    public struct Offer: Sendable, Hashable {
        public var job: String
        public var provider: String
        public var attempt: Int
        public var mode: String
        public var state: String
        public var sentAt: Int64

        public init(
            job: String, provider: String, attempt: Int = 1, mode: String = "broadcast", state: String, sentAt: Int64
        ) {
            self.job = job
            self.provider = provider
            self.attempt = attempt
            self.mode = mode
            self.state = state
            self.sentAt = sentAt
        }
    }

    public struct Provider: Sendable {
        public var id: String
        public var availability: String
        public var job: String?

        public init(id: String, availability: String, job: String? = nil) {
            self.id = id
            self.availability = availability
            self.job = job
        }
    }

    public struct Row: Sendable, Hashable {
        public var recipient: String
        public var seq: Int64
        public var kind: String
        public var message: String
        public var routes: [String]
        public var job: String?
        public var number: Int64?
        public var status: String?
        public var at: Int64

        public init(
            recipient: String, seq: Int64, kind: String, message: String = "", routes: [String] = [],
            job: String? = nil, number: Int64? = nil, status: String? = nil, at: Int64
        ) {
            self.recipient = recipient
            self.seq = seq
            self.kind = kind
            self.message = message
            self.routes = routes
            self.job = job
            self.number = number
            self.status = status
            self.at = at
        }
    }

    public struct Booking: Sendable {
        public var id: String
        public var job: String
        public var provider: String?

        public init(id: String, job: String, provider: String? = nil) {
            self.id = id
            self.job = job
            self.provider = provider
        }
    }

    /// When it was read.
    public var at: Int64
    public var jobs: [Job] = []
    public var offers: [Offer] = []
    public var providers: [Provider] = []
    public var rows: [Row] = []
    /// The newest seq of each recipient.
    public var heads: [String: Int64] = [:]
    public var bookings: [Booking] = []

    public init(at: Int64) { self.at = at }
}
