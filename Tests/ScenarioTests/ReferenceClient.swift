import BSON
import EmbeddedMongo
import Foundation
import RoadsideTesting

/// A client program of `Examples/`, run by the interpreter of its language.
enum ReferenceClient: String {
    case python
    case browser

    /// False where the interpreter or its WebSockets are missing; `make test` installs Python's.
    static let hasPython = succeeds(python.interpreter + ["-c", "import websockets"])
    /// Those whose interpreter is here. No browser is to be had in tests; Node 22, or 20 when told, runs the same file.
    static let all: [ReferenceClient] = [.python] + (hasNode ? [.browser] : [])

    private static let hasNode = succeeds(
        browser.interpreter + ["-e", "process.exit(typeof WebSocket == 'function' ? 0 : 1)"])

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Examples")

    private var interpreter: [String] {
        switch self {
        // The system's Python, since the package is the system's; nothing is to be written beside the sources.
        case .python: ["/usr/bin/python3", "-B", "-u"]
        case .browser: ["/usr/bin/env", "node", "--no-warnings", "--experimental-websocket"]
        }
    }

    private var file: URL {
        Self.folder.appendingPathComponent(self == .python ? "python/listen.py" : "browser/listen.js")
    }

    /// Starts it for somebody; it comes back within a fraction of a second, so that a test need not wait.
    func listen(at port: Int, email: String, password: String) throws -> RunningProgram {
        let who = ["http://127.0.0.1:\(port)", email, password]
        let promptly = self == .python ? ["--first-delay", "0.1"] : ["0.1"]
        return try RunningProgram(interpreter + [file.path] + who + promptly)
    }

    /// Whether a message it has printed is the alert of a job, in the words of the socket that it listens to.
    func isAlert(_ message: JSON, of number: Int64) -> Bool {
        switch self {
        case .python: message["booking_id"]?.int == number && message["estimated_cost"] != nil
        case .browser: message["data"]?["service_number"]?.int == number && message["type"] == "service_available"
        }
    }

    /// What it would do after each of some closing frames, written `code:reason`.
    func judge(_ ends: [String]) async throws -> [String] {
        let script =
            switch self {
            case .python: ["-c", Self.pythonJudge]
            case .browser: ["--input-type=module", "-e", Self.scriptJudge]
            }
        let program = try RunningProgram(interpreter + script + [file.deletingLastPathComponent().path] + ends)
        guard try await program.status() == 0 else { throw UnexpectedAnswer(description: program.notes) }
        return program.lines.map { $0.lowercased() }
    }

    private static let pythonJudge = """
        import sys
        sys.path.insert(0, sys.argv[1])
        import listen
        for end in sys.argv[2:]:
            code, reason = end.split(":")
            try:
                print(*listen.after(int(code), reason))
            except listen.Stop:
                print("stop")
        """

    private static let scriptJudge = """
        const [folder, ...ends] = process.argv.slice(1);
        const { after, Stop } = await import(folder + "/listen.js");
        for (const [code, reason] of ends.map((end) => end.split(":"))) {
          try {
            const { least, again } = after(Number(code), reason);
            console.log(least, again);
          } catch (error) {
            console.log(error instanceof Stop ? "stop" : error);
          }
        }
        """

    private static func succeeds(_ command: [String]) -> Bool {
        guard let child = try? ChildProcess.start(command) else { return false }
        return child.wait() == 0
    }
}
