import Foundation

/// What a running process uses, as `/proc` tells.
struct ProcessLook: Sendable {
    let pid: pid_t

    init?(_ pid: pid_t?) {
        guard let pid else { return nil }
        self.pid = pid
    }

    /// Resident memory in KiB.
    var residentKiB: Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    /// Open descriptors.
    var descriptors: Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []).count
    }
}
