public import FoundationEssentials
public import RoadsideRules

/// The state of the whole house on one page.
public struct Dashboard: Sendable {
    public let figures: Figures
    /// What the last days came to.
    public let performance: Performance
    /// The ten newest jobs, as staff may see them.
    public let recent: [Job]

    /// What is counted. The numbers are a few seconds old at most and need not be of one instant.
    public struct Figures: Sendable {
        /// Everybody with an account, whether or not it is switched on.
        public var users: Int
        public var customers: Int
        public var providers: Int
        public var partners: Int
        public var jobs: Int
        /// Jobs that have not ended.
        public var openJobs: Int
        /// Providers who could be offered a job now, wherever they are.
        public var availableProviders: Int
        /// Providers who are connected, whether or not they could be offered a job.
        public var onlineProviders: Int
        /// Completed since the market's midnight.
        public var today: Takings
        /// Most frequent first.
        public var serviceTypes: [Demand]
        /// The last twelve months of the market's calendar, oldest first, those without a job included.
        public var months: [MonthOfTakings]
    }

    /// How well the platform does its work, over some days of the market's calendar up to now.
    public struct Performance: Sendable {
        /// How many, today included, and the first moment of the first.
        public var days: Int
        public var since: Date
        /// Whole seconds from the beginning of a search to the acceptance that ended it, of the jobs accepted then that
        /// are still with whoever accepted them, or have ended so.
        public var secondsToAccept: Tally
        /// Jobs that have ended then, in whatever way, and those of them that were completed.
        public var ended: Int
        public var completed: Int
        /// Each day, oldest first, those without a completed job included.
        public var takings: [DayOfTakings]

        /// What part of the jobs that ended was completed, 0 … 1; nil when none has ended.
        public var completionRate: Double? { ended == 0 ? nil : Double(completed) / Double(ended) }
    }

    public struct DayOfTakings: Sendable, Hashable {
        public let day: MarketCalendar.Day
        public let takings: Takings
    }

    /// How many jobs asked for a type of service.
    public struct Demand: Sendable, Hashable {
        public let code: String
        public let count: Int
    }

    public struct MonthOfTakings: Sendable, Hashable {
        public let month: MarketCalendar.Month
        public let takings: Takings
    }

    /// Completed jobs, and what they came to.
    public struct Takings: Sendable, Hashable {
        public var jobs: Int
        public var revenue: Money

        public init(jobs: Int, revenue: Money) {
            self.jobs = jobs
            self.revenue = revenue
        }
    }
}
