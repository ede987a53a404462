import BSON
import EmbeddedMongo
import Foundation
import Synchronization

/// The strict mail server of `Tests/Fixtures/Mail`, and what it tells of its visitors.
final class FakeMailServer: Sendable {
    enum Mode: String { case plain, starttls, tls }

    struct Broken: Error {}

    let port: Int
    private let process: ChildProcess
    private let isRunning = Mutex(true)
    private let output: LineReader

    /// False where there is no Python, or no OpenSSL to make a certificate with.
    static let isAvailable = ["/usr/bin/python3", "/usr/bin/openssl"].allSatisfy(
        FileManager.default.isExecutableFile(atPath:))

    /// - Parameter refusing: `RCPT:450:1` answers the first RCPT with 450.
    init(_ mode: Mode, refusing: [String] = [], certificate: TestCertificate? = nil) async throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/Mail/smtp_server.py")
        let pipe = NSTemporaryDirectory() + "fixoncall-mail-\(ObjectID().hex)"
        guard mkfifo(pipe, 0o600) == 0 else { throw Broken() }
        let certificates = certificate.map { ["--certificate", $0.certificate, "--key", $0.key] } ?? []
        process = try ChildProcess.start(
            ["/bin/sh", "-c", #"pipe=$1; shift; exec "$@" >"$pipe""#, "sh", pipe]
                + ["/usr/bin/python3", "-B", "-u", script.path, mode.rawValue]
                + refusing.flatMap { ["--refuse", $0] } + certificates)
        output = LineReader(pipe)
        guard let line = await output.next(), let port = try JSON.parse(Array(line.utf8))["port"]?.int else {
            throw Broken()
        }
        self.port = Int(port)
    }

    /// What has happened, up to the first event with a member of this name, or a fault; all of it when the server ends
    /// before.
    func events(until name: String) async throws -> [JSON] {
        var events: [JSON] = []
        while let line = await output.next() {
            let event = try JSON.parse(Array(line.utf8))
            events.append(event)
            if event[name] != nil || event["fault"] != nil { break }
        }
        return events
    }

    /// Ends it; what it has told is still to be read.
    func stop() {
        let wasRunning = isRunning.withLock { isRunning in
            defer { isRunning = false }
            return isRunning
        }
        guard wasRunning else { return }
        kill(process.pid, SIGTERM)
        process.wait()
    }
}

/// Lines as they come, read on a thread of their own.
private final class LineReader: Sendable {
    private let lines: AsyncStream<String>

    /// - Parameter pipe: the path of a named pipe, which goes when its writer has come.
    init(_ pipe: String) {
        let (lines, continuation) = AsyncStream<String>.makeStream()
        self.lines = lines
        Thread.detachNewThread {
            let descriptor = open(pipe, O_RDONLY | O_CLOEXEC)
            unlink(pipe)
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            var rest = Data()
            while true {
                let part = handle.availableData
                guard !part.isEmpty else { break }
                rest.append(part)
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    continuation.yield(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                    rest = Data(rest[rest.index(after: end)...])
                }
            }
            continuation.finish()
        }
    }

    func next() async -> String? {
        for await line in lines { return line }
        return nil
    }
}

/// A certificate for `localhost` that signs itself, made when it is needed.
struct TestCertificate: Sendable {
    let folder: String
    var certificate: String { folder + "/certificate.pem" }
    var key: String { folder + "/key.pem" }

    init() throws {
        folder = NSTemporaryDirectory() + "fixoncall-mail-\(ObjectID().hex)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let made = try ChildProcess.start([
            "/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
            certificate,
        ])
        guard made.wait() == 0 else { throw FakeMailServer.Broken() }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
