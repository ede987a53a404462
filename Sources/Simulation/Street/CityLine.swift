import BSON
import FixOnCallClient
import Synchronization

/// The connections that all people of the city share to call the API, and the count of what came back.
///
/// A phone has a connection of its own; thousands of them, each idle nearly always, would measure the kernel.
final class CityLine: Sendable {
    let host: String
    let port: Int
    private let clients: [HTTPClient]
    private let turn = Atomic<Int>(0)
    private let counts = Mutex(Figures.Traffic())

    init(host: String, port: Int) {
        (self.host, self.port) = (host, port)
        clients = (0..<Self.width).map { _ in HTTPClient(host: host, port: port) }
    }

    var traffic: Figures.Traffic { counts.withLock { $0 } }

    /// nil when no answer came.
    func ask(_ method: String, _ path: String, _ body: JSON? = nil, token: String? = nil) async -> HTTPAnswer? {
        let client = clients[turn.wrappingAdd(1, ordering: .relaxed).oldValue & (Self.width - 1)]
        let headers = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        guard let answer = try? await client.request(method, path, headers: headers, json: body) else {
            counts.withLock { counts in
                counts.requests += 1
                counts.lost += 1
            }
            return nil
        }
        counts.withLock { counts in
            counts.requests += 1
            if answer.status >= 500 { counts.serverErrors += 1 }
            if answer.status >= 400 {
                let code = "\(answer.status) \(answer.json?["code"]?.string ?? "")"
                counts.refusals[code, default: 0] += 1
            }
        }
        return answer
    }

    /// A socket of somebody's, nil when it does not open.
    func socket(_ path: String, token: String) async -> SocketClient? {
        for _ in 0..<Self.tries {
            let socket = try? await SocketClient.connect(
                host: host, port: port, path: path, headers: [("Authorization", "Bearer \(token)")])
            if let socket { return socket }
            lostSocket()
        }
        return nil
    }

    func lostSocket() { counts.withLock { $0.lost += 1 } }

    /// A power of two.
    private static let width = 64
    private static let tries = 3
}
