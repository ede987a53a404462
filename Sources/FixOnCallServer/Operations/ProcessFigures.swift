import Foundation
import Glibc
import Telemetry

/// What the kernel says of this process.
enum ProcessFigures {
    static func register(in registry: MetricRegistry) {
        registry.ask("process_resident_memory_bytes", "Memory in use.") { [.init(residentBytes)] }
        registry.ask("process_open_fds", "Open files and connections.") { [.init(openFiles)] }
        registry.ask("process_threads", "Threads.") { [.init(threads)] }
        registry.ask("process_cpu_seconds_total", "CPU time, ours and the kernel's.", kind: "counter") {
            [.init(cpuSeconds)]
        }
    }

    /// Files of `/proc` have no size, so they are read to their end.
    private static func text(_ name: String) -> String {
        (try? String(contentsOfFile: "/proc/self/\(name)", encoding: .utf8)) ?? ""
    }

    static var residentBytes: Double {
        let pages = text("statm").split(separator: " ").dropFirst().first.flatMap { Double($0) }
        return (pages ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    static var openFiles: Double {
        Double((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0)
    }

    static var threads: Double {
        text("status").split(separator: "\n").first { $0.hasPrefix("Threads:") }
            .flatMap { Double($0.dropFirst(8).trimmingCharacters(in: .whitespaces)) } ?? 0
    }

    static var cpuSeconds: Double {
        var usage = rusage()
        guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return 0 }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
