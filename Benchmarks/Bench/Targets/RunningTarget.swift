import BSON
import EmbeddedMongo
import FixOnCallClient
import Foundation

/// A target that has been started and answers.
final class RunningTarget {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let target: Target
    let port: Int
    /// When it gave its first answer.
    private(set) var answeredAt = Date.distantFuture
    private let children: [Child]

    /// - Parameter wanted: the port on which it ran before, to come back to those who look for it there.
    init(_ target: Target, core: String?, mongo: String, in workplace: Workplace, port wanted: Int? = nil) throws {
        guard let port = wanted ?? LoopbackPort.free(), let second = LoopbackPort.free() else {
            throw Failure(description: "no free port")
        }
        let folder = workplace.file("run-\(port)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func filled(_ text: String) -> String {
            text.replacing("{port}", with: "\(port)").replacing("{second}", with: "\(second)")
                .replacing("{folder}", with: folder).replacing("{mongo}", with: mongo)
        }
        (self.target, self.port) = (target, port)
        for (name, template) in target.templates {
            let text = try String(contentsOfFile: template, encoding: .utf8)
                .replacing("@PORT@", with: "\(port)").replacing("@TCPPORT@", with: "\(second)")
                .replacing("@RUN@", with: folder).replacing("@MODULES@", with: Self.modules)
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        children = try target.commands.map { command in
            try Child(
                .init(
                    command: command.map(filled), core: core, environment: target.environment.mapValues(filled),
                    directory: target.directory ?? folder, log: "\(folder)/log"))
        }
        try awaitAnswer()
    }

    func stop() {
        for child in children { child.stop() }
    }

    /// Ends it as a power cut would.
    func kill() {
        for child in children { child.cut() }
    }

    var meters: [ProcessMeter] { children.map { ProcessMeter(pid: $0.pid) } }
    var microseconds: Double { meters.reduce(0) { $0 + $1.microseconds } }
    /// KiB.
    var memory: Double { meters.reduce(0) { $0 + $1.memory } }
    /// The most there has been so far.
    var peak: Double { meters.reduce(0) { $0 + $1.peak } }

    /// Where nginx has its modules.
    private static let modules =
        ["/usr/lib/nginx/modules", "/usr/share/nginx/modules"].first(where: FileManager.default.fileExists) ?? ""

    /// The program's last words.
    var lastWords: String { children.first.map { tail($0.log) } ?? "" }

    /// Sends one request and waits for its answer.
    func ask(_ method: String, _ path: String, token: String? = nil, body: String = "") throws -> HTTPAnswer {
        let port = port
        return try waiting {
            let client = HTTPClient(host: "127.0.0.1", port: port)
            var headers: [(String, String)] = []
            if let token { headers.append(("Authorization", "Bearer \(token)")) }
            if !body.isEmpty { headers.append(("Content-Type", "application/json")) }
            let answer = try await client.request(
                method, path, headers: headers, body: body.isEmpty ? nil : Array(body.utf8), timeout: .seconds(30))
            try await client.close()
            return answer
        }
    }

    private func awaitAnswer() throws {
        for _ in 0..<3000 {
            // Any answer will do: a floor knows fewer paths, and a hub may know none.
            if target.routes.isEmpty ? isListening : (try? ask("GET", "/api/health")) != nil {
                answeredAt = Date()
                // A server of several processes may have only one of them ready.
                usleep(500_000)
                return
            }
            guard children.allSatisfy(\.isAlive) else { break }
            usleep(20_000)
        }
        let words = lastWords
        stop()
        throw Failure(description: "\(target.name) does not start: \(words)")
    }

    private var isListening: Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

/// Access tokens of the first customers, made once for each target and kept over its restarts.
final class Sessions {
    /// Enough for the connections of the busiest scene to be different people, as they are in life.
    static let users = 32
    /// Below the fifteen minutes for which our access tokens hold.
    private static let lifetime = Duration.seconds(600)

    private var kept: [String: (tokens: [String], since: ContinuousClock.Instant)] = [:]

    func tokens(of running: RunningTarget) throws -> [String] {
        let target = running.target
        if let kept = kept[target.name], kept.since.duration(to: .now) < Self.lifetime { return kept.tokens }
        guard let login = target.login else { return [] }
        let since = ContinuousClock.now
        let tokens = try (0..<Self.users).map { user in
            let answer = try running.ask(
                "POST", login.path, body: login.body.replacing("{u}", with: "\(user)"))
            let token = login.token.reduce(answer.json) { $0?[$1] }?.string
            guard answer.status == 200, let token else {
                throw RunningTarget.Failure(
                    description: "\(target.name): sign-in answered \(answer.status) \(answer.text.prefix(300))")
            }
            return token
        }
        kept[target.name] = (tokens, since)
        return tokens
    }
}
