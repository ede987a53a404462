import Foundation

/// A folder of other servers (`PEERS=/path`), described by the tables of its `peers.py`.
struct PeerBook: Decodable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct Peer: Decodable {
        struct Routes: Decodable {
            struct Login: Decodable { let path, body, token: String }
            struct Route: Decodable {
                let method: String?
                let path: String
                let body: String?
                let auth: Bool?
            }
            let login: Login?
            let routes: [String: Route]
        }
        struct Sockets: Decodable {
            enum CodingKeys: String, CodingKey {
                case path, pub
                case publishPath = "pub_path"
                case publishBody = "pub_body"
            }
            let path, pub, publishPath, publishBody: String
        }
        let start: [[String]]
        let templates, env: [String: String]?
        let cwd: String?
        let what: String?
        let http: Routes?
        let ws: Sockets?
    }

    private let http, ws: [String: Peer]

    /// Those which are measured unless others are asked for.
    static let names = ["flask", "fastapi", "go", "raw", "uws", "nchan"]

    static func read(_ folder: String, log: String) throws -> PeerBook {
        let program = """
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import peers
            print(json.dumps({"http": peers.HTTP_PEERS, "ws": peers.WS_PEERS}))
            """
        guard let text = Child.output(of: ["python3", "-B", "-c", program, folder], log: log) else {
            throw Failure(description: "\(folder)/peers.py cannot be read: \(tail(log))")
        }
        do {
            return try JSONDecoder().decode(PeerBook.self, from: Data(text.utf8))
        } catch {
            throw Failure(description: "\(folder)/peers.py says something else than expected: \(error)")
        }
    }

    /// The servers that are built, and a sentence about each that is not.
    func targets(_ folder: String, names: [String]) -> (ready: [Target], skipped: [String]) {
        var (ready, skipped): ([Target], [String]) = ([], [])
        for (table, kind) in [(http, "HTTP"), (ws, "sockets")] {
            for name in names {
                guard let peer = table[name] else { continue }
                let target = target(name, peer, in: folder)
                let absent = target.commands.compactMap(\.first).first { !Self.isInstalled($0) }
                if let absent {
                    skipped.append("\(name) (\(kind)) is skipped: \(absent) is not built.")
                } else {
                    ready.append(target)
                }
            }
        }
        return (ready, skipped)
    }

    private static func isInstalled(_ program: String) -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let places = program.contains("/") ? [program] : folders.map { "\($0)/\(program)" }
        return places.contains { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private func target(_ name: String, _ peer: Peer, in folder: String) -> Target {
        func filled(_ text: String) -> String {
            text.replacing("{build}", with: "\(folder)/.build").replacing("{here}", with: folder)
                .replacing("{port1}", with: "{second}").replacing("{run}", with: "{folder}")
        }
        var target = Target(
            name: name, what: peer.what ?? name, commands: peer.start.map { $0.map(filled) },
            environment: (peer.env ?? [:]).mapValues(filled).merging(
                ["PEERS_MONGO": "{mongo}", "PEERS_DB": Database.peersName, "PORT": "{port}"]) { first, _ in first },
            directory: peer.cwd.map(filled), templates: (peer.templates ?? [:]).mapValues(filled))
        if let sockets = peer.ws, ["http", "ws"].contains(sockets.pub) {
            target.sockets = .init(
                path: sockets.path,
                ways: [
                    sockets.pub == "http"
                        ? .init(path: sockets.publishPath, body: sockets.publishBody)
                        : .init(
                            path: sockets.publishPath, body: sockets.publishBody, isFrames: true,
                            variant: Target.Sockets.byFrames)
                ])
        }
        if let routes = peer.http {
            target.login = routes.login.map {
                .init(path: $0.path, body: $0.body, token: $0.token.split(separator: ".").map(String.init))
            }
            for scene in Scene.allCases where scene.kind == .http {
                target.routes[scene] = [("", scene.rawValue), ("tuned query", "\(scene.rawValue)-find")].compactMap {
                    variant, key in
                    routes.routes[key].map {
                        .init(
                            method: $0.method ?? "GET", path: $0.path, body: $0.body ?? "", variant: variant,
                            isSignedIn: $0.auth ?? (scene != .health))
                    }
                }
                if target.routes[scene]?.isEmpty == true { target.routes[scene] = nil }
            }
        }
        return target
    }

    /// Fills the peers' own database with their own program, which always writes the same data.
    static func seed(_ folder: String, _ database: Database, log: String) throws {
        let child = try Child(
            .init(
                command: ["\(folder)/.build/venv/bin/python", "-B", "\(folder)/seed.py"],
                environment: ["PEERS_MONGO": database.uri, "PEERS_DB": Database.peersName], log: log))
        guard child.wait().status == 0 else { throw Failure(description: "seed.py failed: \(tail(log))") }
    }
}

/// The end of a log, for an error message.
func tail(_ log: String) -> String {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return String(text.suffix(600)).trimmingCharacters(in: .whitespacesAndNewlines)
}
