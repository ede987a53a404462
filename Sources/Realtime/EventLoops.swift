import FoundationEssentials
import NIOCore

/// How many event loops a process has.
public enum EventLoops {
    /// Lets there be one for each core that this process may use. To be called once, before anything uses a loop.
    ///
    /// NIO counts the cores of the machine or of its container, and not those that `taskset` or `CPUAffinity=` leave: two
    /// loops on one core wake each other for every message.
    public static func followAffinity() {
        NIOSingletons.groupLoopCountSuggestion = max(
            1, min(System.coreCount, ProcessInfo.processInfo.activeProcessorCount))
    }
}
