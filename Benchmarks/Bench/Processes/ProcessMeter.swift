import CoreFoundation
import Foundation

/// What a program and everything it started use.
struct ProcessMeter {
    let pid: pid_t

    /// CPU time so far, of all threads, those that have ended included; to the nanosecond where `/proc` counts ticks.
    var microseconds: Double {
        tree.reduce(0) { sum, pid in
            var clock = clockid_t()
            var time = timespec()
            guard clock_getcpuclockid(pid, &clock) == 0, clock_gettime(clock, &time) == 0 else { return sum }
            return sum + Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
        }
    }

    /// Memory in KiB; pages shared by several processes count in parts, so that the workers of one server add up.
    var memory: Double { sum("smaps_rollup", "Pss:") }

    /// The most memory there has been so far, in KiB; of several processes each one's own.
    var peak: Double { sum("status", "VmHWM:") }

    private func sum(_ file: String, _ name: String) -> Double {
        tree.reduce(0) { sum, pid in
            let text = (try? String(contentsOfFile: "/proc/\(pid)/\(file)", encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
            return sum + (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0)
        }
    }

    private var tree: [pid_t] {
        var children: [pid_t: [pid_t]] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            // The name in parentheses may contain anything; the parent is the second field behind it.
            guard let pid = pid_t(name), let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 1,
                let parent = pid_t(fields[1])
            else { continue }
            children[parent, default: []].append(pid)
        }
        var found = [pid]
        var next = 0
        while next < found.count {
            found += children[found[next]] ?? []
            next += 1
        }
        return found
    }
}

/// The CPU time of the machine, to tell how much of it went to others while something was measured.
struct MachineMeter {
    private let watched: [ProcessMeter]
    private let start: (busy: Double, own: Double, time: ContinuousClock.Instant)

    /// - Parameter watched: the processes whose work is meant to be there, this one apart.
    init(watching watched: [ProcessMeter]) {
        self.watched = watched
        start = (Self.busy, Self.used(by: watched), .now)
    }

    /// CPU time of everything else since the start, in percent of one core.
    /// - Parameter more: further microseconds that were meant, of programs which have ended.
    func others(besides more: Double) -> Double {
        let seconds = start.time.duration(to: .now) / .seconds(1)
        let others = Self.busy - start.busy - (Self.used(by: watched) - start.own) - more
        return max(0, others / 1e4 / max(seconds, 0.001))
    }

    private static func used(by watched: [ProcessMeter]) -> Double {
        watched.reduce(ownTime) { $0 + $1.microseconds }
    }

    private static var ownTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    /// User, nice, system, interrupt and stolen time of all cores, in microseconds.
    private static var busy: Double {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        let ticks = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard ticks.count > 7 else { return 0 }
        let busy = [0, 1, 2, 5, 6, 7].reduce(0.0) { $0 + ticks[$1] }
        return busy * 1e6 / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
