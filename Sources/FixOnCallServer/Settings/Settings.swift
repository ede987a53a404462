public import Logging
import RoadsideWeb

/// The environment a process runs in; unset means development, which listens on loopback only (decision 29).
public enum ServerEnvironment: String, Sendable, CaseIterable {
    case development, production, test
}

/// Everything an operator can decide, read once at start.
public struct Settings: Sendable {
    public var environment: ServerEnvironment = .development
    public var http = HTTP()
    public var admin = Admin()
    public var mongo = Mongo()
    public var state = State()
    public var secrets = SecretTexts()
    public var accounts = Accounts()
    public var limits = Limits()
    public var providers = Providers()
    public var jobs = Jobs()
    public var tracking = Tracking()
    public var routing = Routing()
    public var payments = Payments()
    public var bookings = Bookings()
    public var dispatch = Dispatch()
    public var reviews = Reviews()
    public var chat = Chat()
    public var emergencies = Emergencies()
    public var idempotency = Idempotency()
    public var uploads = Uploads()
    public var sockets = Sockets()
    public var mail = Mail()
    public var google = Google()
    public var careConnect = Rides()
    public var docs = Docs()
    public var simulation = Simulation()
    public var log = Log()

    public init() {}

    /// The listener.
    public struct HTTP: Sendable {
        /// Loopback in development; production says `0.0.0.0` in its file.
        public var host = "127.0.0.1"
        /// Contracts D35.
        public var port = 5000
        /// More ports for the same handlers (contracts K30), so that old clients need no new address.
        public var extraPorts: [Int] = []
        /// Addresses and networks of proxies in front of the server, whose `X-Forwarded-For` says where requests come
        /// from.
        public var trustedProxies: [String] = []
        /// What a request may take of the server before it is answered 503 (trust.md §1.9: ten).
        public var requestSeconds = 10
        /// Seconds for which a server that stops still serves, while `/health/ready` sends new requests elsewhere.
        public var drainSeconds = 0
    }

    /// The port for operators: metrics, and health with its reasons.
    public struct Admin: Sendable {
        /// Whoever reaches it may read everything there.
        public var host = "127.0.0.1"
        /// nil for none.
        public var port: Int? = 9464
    }

    /// The database.
    public struct Mongo: Sendable {
        /// Unset: the server runs its own `mongod` (decision 4).
        public var uri: String?
        public var database = "fix_on_call"
        /// Worker threads, a client each. Eight: more bought nothing on two cores.
        public var workers = 8
        /// Calls that may wait for a worker before new ones are answered 503.
        public var queue = 1024
    }

    /// Where the process keeps files.
    public struct State: Sendable {
        public var directory = "var"
        public var seeds = "Seeds"
        /// The reference data that `migrate` installs.
        public var reference = "Config/reference"
    }

    /// Secret texts as given; ``SecretsFile`` turns them into keys.
    public struct SecretTexts: Sendable {
        /// `JWT_SECRET_KEY`: signs access tokens.
        public var jwt: String?
        /// `SECRET_KEY`: peppers passwords and codes.
        public var pepper: String?
        /// `ENCRYPTION_KEY`: seals codes at rest.
        public var encryption: String?
        /// `BOOTSTRAP_ADMIN_TOKEN`: lets one registration become an admin.
        public var bootstrapAdmin: String?
    }

    /// Sign-in.
    public struct Accounts: Sendable {
        /// Access token lifetime in minutes (decision 11).
        public var accessMinutes = 15
        /// Refresh token lifetime in days.
        public var refreshDays = 30
        /// bcrypt cost; 10 to 14 (trust.md §1.6).
        public var bcryptCost = 12
        /// Threads that do nothing but hash, and how many passwords may wait for one before further ones are refused.
        public var passwordThreads = 2
        public var passwordQueue = 16
    }

    /// Providers: their onboarding and their duty.
    public struct Providers: Sendable {
        /// Verifies a provider at registration (decision 20); off in production.
        public var autoVerify = true
        /// Kinds of documents without a valid one of which nobody is offered anything, such as `driving_licence`.
        public var requiredDocuments: [String] = []
        /// Hours of duty allowed in 24; 24 are no limit. Development's demo people never sleep.
        public var dutyHours = 12
        /// A provider who has sent positions goes off duty after so many seconds of silence.
        public var offlineSeconds = 300
    }

    /// The start code.
    public struct Jobs: Sendable {
        /// `required`: no job starts without its code; `optional`: a status change may start it (contracts K23).
        public var startOTP = "optional"
        /// So long a provider waits at the scene before he may say that nobody is there.
        public var waitMinutes = 10
    }

    /// What customers pay with.
    public struct Payments: Sendable {
        /// `none`: cash only; `test`: cards without money, which production refuses.
        public var cards = "test"
    }

    /// The watch over providers on their way (domain.md §4.4).
    public struct Tracking: Sendable {
        /// Without a position for so long a position is stale, then its provider is lost and his job is searched for anew.
        public var staleSeconds = 90
        public var silentSeconds = 120
        /// Without coming nearer by so much for so long he has stalled.
        public var stallMetres = 200.0
        public var stallMinutes = 10
        /// So long after the moment that nine of ten keep, the promise is broken; but not within so many metres.
        public var lateMinutes = 10
        public var nearMetres = 1000.0
        /// Nearer by so much he has departed.
        public var departMetres = 150.0
        /// Within so many metres for so long, by readings at least so exact, he has arrived.
        public var arrivalMetres = 100.0
        public var arrivalSeconds = 20
        public var arrivalAccuracy = 50.0
        /// Arrival is said for him, instead of being proposed to him.
        public var autoArrive = false
        /// How often the expected arrival of one job is told anew.
        public var etaSeconds = 10
    }

    /// Travel times by road.
    public struct Routing: Sendable {
        /// The address of an OSRM server; unset: the built-in estimate.
        public var osrm: String?
        /// How long it may take to answer before the estimate serves.
        public var timeoutMilliseconds = 300
    }

    /// Appointments.
    public struct Bookings: Sendable {
        /// The search for a provider begins so many minutes before the appointment.
        public var leadMinutes = 30
        /// A provider's time is kept from so many minutes before his appointment.
        public var bufferMinutes = 30
        /// A provider whose kept time begins within so many minutes is asked about nothing else.
        public var holdAheadMinutes = 60
    }

    /// The search for a provider (domain.md §4.5).
    public struct Dispatch: Sendable {
        public var startKm = 10.0
        public var stepKm = 5.0
        public var maxKm = 20.0
        public var ringSeconds = 30
        public var searchSeconds = 300
        /// Providers asked in one ring's time.
        public var fanOut = 15
        /// How long a provider whom the customer chose may think.
        public var pickSeconds = 30
        /// `broadcast`, `cascade`, `auto` or `manual`: how a search asks where no plan of the reference data says otherwise.
        public var mode = "broadcast"
        /// `assignment` (least sum of costs) or `nearest`.
        public var matching = "assignment"
        /// Between the batches of one ring.
        public var staggerSeconds = 5
        /// How long each provider of a cascade may think.
        public var offerSeconds = 15
        /// Jobs that share candidates are served together so often.
        public var roundSeconds = 2
        /// How long the reasons of a search are kept; 0 keeps none.
        public var traceDays = 30
    }

    /// What the sides of a job say of each other.
    public struct Reviews: Sendable {
        /// So many days after its end a job may be reviewed (trust.md T36).
        public var windowDays = 7
    }

    /// What the sides of a job write to each other.
    public struct Chat: Sendable {
        /// So many minutes after the end of the job they still may.
        public var afterMinutes = 60
        /// Messages of one of them within a minute; further ones are refused with 429.
        public var perMinute = 30
    }

    /// Calls for help in danger.
    public struct Emergencies: Sendable {
        /// So many seconds after everybody was told of one another press on it tells them once more.
        public var repeatSeconds = 60
    }

    /// Commands sent twice (domain.md §4.8.1).
    public struct Idempotency: Sendable {
        /// How long an answer is kept under its key.
        public var keepHours = 24
        /// After this long without an answer a command is taken for dead; longer than a request may last.
        public var leaseSeconds = 30
    }

    /// Photos and papers.
    public struct Uploads: Sendable {
        /// Files that one person may send within a day, those that are refused among them.
        public var perDay = 100
    }

    /// Sockets, and the streams of events beside them.
    public struct Sockets: Sendable {
        /// Seconds a socket outlives its token (realtime.md §3.10).
        public var expiryGraceSeconds = 25
        /// Seconds between server pings.
        public var pingSeconds = 20
        /// The same for providers on shift, if that is less (realtime.md §3.9).
        public var shiftPingSeconds = 10
        /// Seconds of silence behind a ping, after which a socket closes with 4009.
        public var pongSeconds = 8
        /// Seconds a client may leave unread what is sent, after which his socket closes with 4008.
        public var stallSeconds = 10
        /// Sockets of each server; further ones are refused with 503.
        public var places = 19_000
        /// Sockets of one user on each server; the oldest above it closes with 4010.
        public var perUser = 8
        /// Seconds between two looks whether the sockets have missed anything (realtime.md §3.6).
        public var auditSeconds = 40
        /// Seconds between two looks whether other servers' rows are still heard of (realtime.md §3.6).
        public var canarySeconds = 5
        /// Handshakes a second on each server; further ones are refused with 503.
        public var handshakesPerSecond = 2000
        /// Refused handshakes a second of one address, five times as many at once; further ones are refused with 429. 0 is
        /// no limit: it belongs on only where clients connect directly, for behind a proxy all have one address.
        public var failuresPerSecond = 0
        /// Seconds between the comments on a stream of events; proxies cut what is silent for longer (realtime.md §3.12).
        public var commentSeconds = 15
        /// Milliseconds the server waits for `resume` on a resumable socket before it sends what nobody has confirmed.
        public var resumeMilliseconds = 2000
        /// Origins whose pages may open sockets, besides the server's own; `loopback` stands for those of any local page
        /// and is the default of all environments but production (realtime.md §3.10).
        public var origins = [SocketOrigins.loopback]
        /// Milliseconds between two positions of one service on a resumable socket; those in between are left out.
        public var positionMilliseconds = 1000
        /// Seconds between two `{"type":"ping"}` of those dialects whose server says so in words (contracts K12).
        public var appPingSeconds = 30
        /// Whether `?token=` is taken; it ends in access logs of proxies, so it is off (decision 13).
        public var queryToken = false
    }

    /// The mail server that carries codes to people.
    public struct Mail: Sendable {
        /// `smtp://host:587` or `smtps://host:465`. Unset: development writes to its outbox file, production sends nothing.
        public var url: String?
        public var user: String?
        public var password: String?
        /// The sender's address.
        public var from: String?
        /// A file of certificates to trust instead of the system's.
        public var certificates: String?
        /// Leaves out the encryption, which only a server on this machine may be asked to do.
        public var plain = false
        /// Letters that may wait to be handed in; further ones are dropped.
        public var queue = 256
    }

    /// Signing in with Google.
    public struct Google: Sendable {
        /// The OAuth client ids of our apps; none turns it off.
        public var clients: [String] = []
        /// Where Google publishes its keys.
        public var keys = "https://www.googleapis.com/oauth2/v3/certs"
    }

    /// The OpenAPI document and the pages that show it.
    public struct Docs: Sendable {
        /// Whether they are served at all.
        public var enabled = true
        /// Where set-up puts the files of Swagger UI.
        public var files = "var/swagger-ui"
    }

    /// A city that lives faster than the clock on the wall.
    public struct Simulation: Sendable {
        /// By how much every window of the work in the street is shortened (README decision 28). 1 outside simulations.
        public var factor = 1.0
    }

    /// Logging.
    public struct Log: Sendable {
        public var level = Logger.Level.info
    }
}
