import Foundation

/// The folder of one run, and what is to happen to it when the run is interrupted.
struct Workplace {
    let path: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Makes the folder and takes over SIGINT, SIGTERM and SIGHUP; must be called before any other thread exists.
    init() throws {
        let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(base)/fixoncall-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure(description: "cannot write below \(base): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        Self.watchSignals(path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func watchSignals(_ path: String) {
        // A load generator that ends early is noticed by what it prints.
        signal(SIGPIPE, SIG_IGN)
        // A thread of its own waits for them: whatever the main thread is doing, everything ends at once.
        var awaited = signals
        pthread_sigmask(SIG_BLOCK, &awaited, nil)
        Thread.detachNewThread {
            var signals = Self.signals
            var signal: Int32 = 0
            sigwait(&signals, &signal)
            Child.killAll()
            // The database may still be writing while it dies.
            for _ in 0..<20 where FileManager.default.fileExists(atPath: path) {
                try? FileManager.default.removeItem(atPath: path)
                usleep(50_000)
            }
            FileHandle.standardError.write(Data("\nbench: interrupted; everything is stopped\n".utf8))
            _exit(128 + signal)
        }
    }

    private static var signals: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, signal) }
        return signals
    }
}
