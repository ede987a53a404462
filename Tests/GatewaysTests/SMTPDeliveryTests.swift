import BSON
import Foundation
import Logging
import Roadside
import Synchronization
import Testing

@testable import Gateways

@Suite("Codes by mail, over a server that forgives nothing", .enabled(if: FakeMailServer.isAvailable), .serialized)
struct SMTPDeliveryTests {
    private static let code = "493817"
    private let log = LogBook()

    private func letter(
        to address: String = "wanjiku@example.com", _ code: String = code, lasting seconds: TimeInterval = 600
    ) -> Letter {
        Letter(
            to: ContactAddress(email: address),
            .code(code, .reset, expiresAt: Date().addingTimeInterval(seconds)))
    }

    private func delivery(
        _ server: FakeMailServer, _ scheme: String = "smtp", host: String = "127.0.0.1", isPlain: Bool = true,
        certificate: TestCertificate? = nil, capacity: Int = 256, tries: Int = 3, login: Bool = true
    ) throws -> SMTPDelivery {
        let account = try MailServer(
            address: "\(scheme)://\(host):\(server.port)", login: login ? ("post", "s3cret pass") : nil,
            sender: "post@fixoncall.example", certificates: certificate?.certificate, isPlain: isPlain,
            patience: .seconds(20))
        let log = log
        return SMTPDelivery(
            account, capacity: capacity, tries: tries, pause: .zero, logger: Logger(label: "mail") { _ in log.handler })
    }

    @Test("codes are handed in word for word, each to its recipient alone")
    func plain() async throws {
        let server = try await FakeMailServer(.plain)
        defer { server.stop() }
        let delivery = try delivery(server)
        for number in 1...3 { await delivery.deliver(letter(to: "person\(number)@example.com")) }
        var mails: [JSON] = []
        while mails.count < 3 {
            let events = try await server.events(until: "message")
            #expect(!events.contains { $0["fault"] != nil }, "\(events)")
            mails.append(try #require(events.last))
        }
        #expect(mails.map { $0["to"]?[0]?.string } == (1...3).map { "person\($0)@example.com" })
        for mail in mails {
            #expect(mail["from"] == "post@fixoncall.example" && mail["to"]?.array?.count == 1)
            #expect(mail["login"] == ["post", "s3cret pass"])
            let text = try #require(mail["message"]?.string)
            #expect(text.contains("\r\n\r\n\(Self.code)\r\n") && text.contains("10 minutes"))
            #expect(text.contains("Subject: Your code for a new password\r\n"))
        }
    }

    @Test(
        "both kinds of encryption: nothing is said before it, and the password only behind it",
        arguments: [true, false])
    func encrypted(startTLS: Bool) async throws {
        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let server = try await FakeMailServer(startTLS ? .starttls : .tls, certificate: certificate)
        defer { server.stop() }
        let delivery = try delivery(
            server, startTLS ? "smtp" : "smtps", host: "localhost", isPlain: false, certificate: certificate)
        await delivery.deliver(letter())
        let events = try await server.events(until: "message")
        #expect(!events.contains { $0["fault"] != nil }, "\(events)")
        #expect(events.last?["encrypted"] == true && events.last?["login"] == ["post", "s3cret pass"])
        let clear = events.filter { $0["encrypted"] == false }.compactMap { $0["command"]?.string }
        #expect(clear == (startTLS ? ["EHLO", "STARTTLS"] : []))
    }

    @Test("a server without encryption, and one whose certificate nobody vouches for, get neither password nor mail")
    func mistrust() async throws {
        let plain = try await FakeMailServer(.plain)
        defer { plain.stop() }
        try await delivery(plain, isPlain: false, tries: 1).deliver(letter())
        await log.waitForLoss()
        plain.stop()
        let said = try await plain.events(until: "message").compactMap { $0["command"]?.string }
        #expect(Set(said).isSubset(of: ["EHLO", "STARTTLS", "QUIT"]), "\(said)")

        let certificate = try TestCertificate()
        defer { certificate.remove() }
        let stranger = try await FakeMailServer(.tls, certificate: certificate)
        defer { stranger.stop() }
        try await delivery(stranger, "smtps", host: "localhost", isPlain: false, tries: 1).deliver(letter())
        await log.waitForLoss()
        stranger.stop()
        #expect(try await stranger.events(until: "message").allSatisfy { $0["command"] == nil })
        // The right certificate under a wrong name.
        let named = try await FakeMailServer(.tls, certificate: certificate)
        defer { named.stop() }
        try await delivery(named, "smtps", isPlain: false, certificate: certificate, tries: 1).deliver(letter())
        await log.waitForLoss()
        named.stop()
        #expect(try await named.events(until: "message").allSatisfy { $0["command"] == nil })
    }

    @Test(
        "what fails for now is tried again under the same Message-ID",
        arguments: ["RCPT:450:1", "MAIL:421:1", "DATA:451:1", "END:452:1", "AUTH:454:1", "AUTH:535:1"])
    func again(refusal: String) async throws {
        let server = try await FakeMailServer(.plain, refusing: [refusal])
        defer { server.stop() }
        try await delivery(server).deliver(letter())
        let mail = try #require(try await server.events(until: "message").last)
        #expect(mail["message"]?.string?.contains(Self.code) == true)
        #expect(log.losses.isEmpty)
    }

    @Test("what the server refuses for good is not tried again, and the letters behind it go out")
    func refused() async throws {
        let server = try await FakeMailServer(.plain, refusing: ["RCPT:550:1"])
        defer { server.stop() }
        let delivery = try delivery(server)
        await delivery.deliver(letter(to: "gone@example.com"))
        await delivery.deliver(letter(to: "next@example.com"))
        let events = try await server.events(until: "message")
        #expect(events.last?["to"] == ["next@example.com"])
        #expect(log.losses == ["the server refuses it"])
    }

    @Test("a letter that cannot be sent is given up after its tries, and one that came too late is not sent at all")
    func givenUp() async throws {
        let server = try await FakeMailServer(.plain, refusing: ["RCPT:450:2"])
        defer { server.stop() }
        let delivery = try delivery(server, tries: 2)
        await delivery.deliver(letter())
        await log.waitForLoss()
        await delivery.deliver(letter("000000", lasting: -1))
        await log.waitForLoss()
        #expect(log.losses.last == "it came too late to be of use")
        await delivery.deliver(letter(to: "next@example.com"))
        let events = try await server.events(until: "message")
        #expect(events.last?["to"] == ["next@example.com"])
        #expect(events.count { $0["command"] == "RCPT" } == 3)
    }

    @Test(
        "T26: an address that would be more than one is never said to the server",
        arguments: [
            "a@example.com\r\nRCPT TO:<b@example.com>", "a@example.com>\r\nDATA", "a@example.com> <b@example.com", "",
        ])
    func injection(address: String) async throws {
        let server = try await FakeMailServer(.plain)
        defer { server.stop() }
        let delivery = try delivery(server)
        await delivery.deliver(letter(to: address))
        await log.waitForLoss()
        await delivery.deliver(letter(to: "next@example.com"))
        let events = try await server.events(until: "message")
        #expect(events.last?["to"] == ["next@example.com"])
        #expect(!events.contains { $0["fault"] != nil }, "\(events)")
    }

    @Test("T7: neither codes nor addresses nor passwords come into the log, whatever fails")
    func secrets() async throws {
        let server = try await FakeMailServer(.plain, refusing: ["AUTH:535:1", "RCPT:550:1", "END:550:1"])
        defer { server.stop() }
        let delivery = try delivery(server, tries: 1)
        for _ in 1...3 {
            await delivery.deliver(letter())
            await log.waitForLoss()
        }
        for secret in [Self.code, "wanjiku", "s3cret"] {
            #expect(!log.lines.contains { $0.contains(secret) }, "\(secret) is in the log")
        }
        #expect(log.losses.count == 3)
    }

    @Test("a full queue drops what comes, and nobody waits for it")
    func full() async throws {
        // Accepts connections and says nothing: the thread is held by the first letter.
        let silent = try SilentListener()
        let account = try MailServer(
            address: "smtp://127.0.0.1:\(silent.port)", sender: "post@fixoncall.example", isPlain: true,
            patience: .seconds(20))
        let log = log
        let delivery = SMTPDelivery(
            account, capacity: 2, tries: 1, logger: Logger(label: "mail") { _ in log.handler })
        await delivery.deliver(letter())
        silent.accept()
        for _ in 1...5 { await delivery.deliver(letter()) }
        #expect(log.losses == Array(repeating: "too many are waiting", count: 3))
        silent.close()
    }
}

/// Remembers what was logged, and lets a test wait for the next loss.
private final class LogBook: Sendable {
    private struct Handler: LogHandler {
        let book: LogBook
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            book.add("\(event.message) \(event.metadata ?? [:])", loss: event.metadata?["reason"].map { "\($0)" })
        }
    }

    private let book = Mutex<(lines: [String], losses: [String])>(([], []))
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        self.stream = stream
        self.continuation = continuation
    }

    var handler: any LogHandler { Handler(book: self) }
    var lines: [String] { book.withLock { $0.lines } }
    var losses: [String] { book.withLock { $0.losses } }

    func waitForLoss() async { for await _ in stream { return } }

    private func add(_ line: String, loss: String?) {
        book.withLock { book in
            book.lines.append(line)
            if let loss { book.losses.append(loss) }
        }
        if loss != nil { continuation.yield() }
    }
}

/// A port where connections are taken and never answered.
private final class SilentListener {
    let port: Int
    private let descriptor: Int32
    private var peer: Int32 = -1

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard bound else { throw FakeMailServer.Broken() }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    /// Waits for the next connection.
    func accept() { peer = Foundation.accept(descriptor, nil, nil) }

    func close() {
        Foundation.close(peer)
        Foundation.close(descriptor)
    }
}
