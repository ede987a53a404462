/// What a simulated city is like. Times are of the city unless they say otherwise.
public struct SimulationOptions: Sendable, Hashable {
    /// How the server finds a provider, as far as the people in the street notice it.
    public enum Mode: String, Sendable, CaseIterable {
        /// Many are alerted, the first to accept has the job.
        case broadcast
        /// One is asked at a time.
        case cascade
        /// Nobody is asked: a provider hears that he has a job.
        case auto
    }

    public var providers = 2000
    /// People who may call for help; there are more when the calls do not fit them.
    public var customers = 1000
    public var requestsPerHour = 1000.0
    /// So long people call; then what was begun is finished.
    public var minutes = 60.0
    /// How many times faster than the clock on the wall the city lives.
    public var factor = 60.0
    public var seed: UInt64 = 254
    public var mode: Mode = .broadcast
    /// Minutes within which the providers come on duty, evenly: a city in full work from the first minute on, where a
    /// fleet that begins all at once is idle first.
    public var shiftMinutes = 0.0

    /// Minutes of work at a scene, every value as likely. Ours.
    public var workMinutes = 15.0...45.0
    /// The side of the square that the city is; Nairobi's.
    public var sideKm = 24.0

    public init() {}

    /// Jobs an hour that the providers can do when they do nothing else: each takes the mean work and a short way.
    ///
    /// The eight minutes of way are ours: what a busy city was seen to need.
    public var capacity: Double { Double(providers) * 60 / ((workMinutes.lowerBound + workMinutes.upperBound) / 2 + 8) }
}
