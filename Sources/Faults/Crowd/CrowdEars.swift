import BSON
import NIOCore

/// What the whole crowd has heard. Confined to its event loop.
final class CrowdEars {
    /// A marked message has arrived at somebody.
    struct Hearing: Sendable {
        let mark: Int
        let client: Int
        let at: UInt64
    }

    var heard: [Hearing] = []
    /// Answers and notices, by who was told.
    var said: [(client: Int, words: JSON)] = []
}

/// Moments of the monotonic clock in nanoseconds, the same for everybody in this process.
enum Moment {
    static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

    static func milliseconds(from start: UInt64, to end: UInt64) -> Double {
        end > start ? Double(end - start) / 1e6 : 0
    }
}
