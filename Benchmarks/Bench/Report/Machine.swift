import Foundation

/// On what and how the figures were taken.
struct Machine: Codable {
    let date: String
    let commit: String
    let processor: String
    let cores: Int
    let memory: String
    let kernel: String
    let swift: String
    let mongodb: String
    let run: String
    let pinning: String
    let settings: String

    init(_ options: RunOptions, mongodb version: String, log: String) {
        func first(_ path: String, _ key: String) -> String? {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").first { $0.hasPrefix(key) }?.split(separator: ":").last
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
        func firstLine(_ command: [String]) -> String? {
            Child.output(of: command, log: log)?.split(separator: "\n").first.map(String.init)
        }
        date = Date().formatted(.iso8601)
        let isChanged = Child.output(of: ["git", "status", "--porcelain"], log: log)?.isEmpty == false
        commit =
            firstLine(["git", "rev-parse", "--short", "HEAD"]).map { $0 + (isChanged ? " with changes" : "") }
            ?? "unknown"
        processor = first("/proc/cpuinfo", "model name") ?? "unknown"
        cores = ProcessInfo.processInfo.activeProcessorCount
        memory = String(format: "%.1f GiB", Double(ProcessInfo.processInfo.physicalMemory) / Double(1 << 30))
        kernel =
            (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8))?
            .trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
        swift = firstLine(["swift", "--version"]) ?? "unknown"
        mongodb = version
        run = "\(options.rounds) round(s) of \(options.seconds) s each, \(options.warm) s before which do not count"
        pinning =
            "server on core \(options.serverCore), generator on \(options.generatorCore), "
            + "mongod on \(options.mongodCore)"
        settings = "\(OwnTargets.spokenSettings); mongod: 1 member, \(Int(Database.cacheGigabytes)) GB cache"
    }

    var lines: [String] {
        [
            "\(processor), \(cores) cores, \(memory), Linux \(kernel)",
            "\(swift), MongoDB \(mongodb), commit \(commit), \(date)",
            "\(run); \(pinning)", "ours: \(settings)",
        ]
    }
}
