import BSON
import EmbeddedMongo
import Foundation
import MongoTesting
import Synchronization

/// A process of a test and what it has printed so far; killed when the test lets go of it.
final class RunningProgram: Sendable {
    private let child: ChildProcess
    private let output = NSTemporaryDirectory() + "program-\(ObjectID())"
    /// What `waitpid` said, which it says once.
    private let end = Mutex<Int32?>(nil)

    /// - Parameter command: the absolute path of the program first.
    init(_ command: [String]) throws {
        let script = #"output=$1; shift; exec "$@" >"$output" 2>"$output.notes""#
        child = try ChildProcess.start(["/bin/sh", "-c", script, "sh", output] + command)
    }

    deinit {
        if isRunning {
            kill(child.pid, SIGKILL)
            child.wait()
        }
        for path in [output, output + ".notes"] { try? FileManager.default.removeItem(atPath: path) }
    }

    var isRunning: Bool {
        end.withLock { end in
            var status: Int32 = 0
            if end == nil, waitpid(child.pid, &status, WNOHANG) == child.pid { end = status }
            return end == nil
        }
    }

    /// The whole lines of standard output.
    var lines: [String] {
        Self.text(output).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// Standard output as JSON, a line each.
    var messages: [JSON] { lines.compactMap { try? JSON.parse(Array($0.utf8)) } }

    /// Standard error.
    var notes: String { Self.text(output + ".notes") }

    /// Waits for the end.
    ///
    /// - Returns: the exit status, or `nil` when a signal ended it.
    func status() async throws -> Int32? {
        try await eventually("the program ends; it noted: \(notes)") { !isRunning }
        return end.withLock { end in
            end.flatMap { $0 & 0x7f == 0 ? ($0 >> 8) & 0xff : nil }
        }
    }

    private static func text(_ path: String) -> String {
        (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }
}
