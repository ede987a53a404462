import FoundationEssentials
import NIOCore

/// How many event loops a process has.
public enum EventLoops {
    /// Lets there be one for each core that this process may use. To be called once, before anything uses a loop.
    ///
    /// NIO counts the cores of the machine or of its container, and not those that `taskset` or `CPUAffinity=` leave: two
    /// loops on one core wake each other for every message.
    public static func followAffinity() {
        // Swift imports no `sched_getaffinity`; where there is no such file NIO's number stands.
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let cores = status.flatMap(coresAllowed(in:)) ?? .max
        NIOSingletons.groupLoopCountSuggestion = min(System.coreCount, cores)
    }

    /// The cores which Linux allows a process.
    ///
    /// - Parameter status: its `/proc/…/status`, where the mask stands in hexadecimal digits with commas.
    /// - Returns: nil where it says nothing about them.
    static func coresAllowed(in status: String) -> Int? {
        let name = "Cpus_allowed:"
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        let count = line.dropFirst(name.count).compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }
}
