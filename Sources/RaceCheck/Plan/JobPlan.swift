/// What everybody will do about one job, drawn before anything happens. Pauses are milliseconds.
struct JobPlan: Sendable, Hashable {
    enum Opening: Sendable, Hashable {
        case broadcast
        /// The customer asks for one provider first.
        case pick(Int)
        /// A booking without a time: help at once.
        case booking
        /// A booking for the moment so many seconds ahead.
        case appointment(Int)
    }

    enum Act: Sendable, Hashable {
        case accept, decline
    }

    /// One provider's wish.
    struct Move: Sendable, Hashable {
        var provider: Int
        var act: Act
        var pause: Int
        /// Waits for the alert on his socket first, for a while.
        var listens: Bool
        /// Sent to both servers at once.
        var isTwin: Bool
        /// Sent once more, with the same key, when the answer did not come.
        var repeats: Bool
        var server: Int
    }

    /// Somebody else's word in the middle of the race.
    enum Word: Sendable, Hashable {
        case customerCancels, adminCancels, customerAssigns(Int), adminAssigns(Int)
    }

    struct Interruption: Sendable, Hashable {
        var word: Word
        var pause: Int
        var isTwin: Bool
        var server: Int
    }

    /// What the provider who has the job does with it, step by step.
    enum Step: Sendable, Hashable {
        case advance(String), startWithWrongCode, start, complete, giveBack, stranger, customerCancels, adminCancels
        case wander
    }

    struct TimedStep: Sendable, Hashable {
        var step: Step
        var pause: Int
        var isTwin: Bool
        var server: Int
    }

    /// Contention, then work; a job that is given back has another round.
    struct Round: Sendable, Hashable {
        var moves: [Move]
        var interruptions: [Interruption]
        var steps: [TimedStep]
    }

    enum Closing: Sendable, Hashable {
        /// By its customer, or by staff when he may no longer.
        case cancel
        /// Left to time, unless somebody holds it.
        case leave
    }

    var index: Int
    var customer: Int
    var opening: Opening
    var hasDestination: Bool
    var server: Int
    var rounds: [Round]
    var closing: Closing
}
