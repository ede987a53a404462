import BSON
import FixOnCallClient

/// A socket somebody listens on; it is opened anew when it ends, and the server sends again what was missed.
struct Ear {
    private let line: CityLine
    private let path: String
    private let token: String
    private var socket: SocketClient?

    init(_ line: CityLine, _ path: String, token: String) async {
        self.line = line
        self.path = path
        self.token = token
        socket = await line.socket(path, token: token)
    }

    /// The next frame; nil when none came in that time, or what came was none.
    mutating func next(within wait: Duration) async -> JSON? {
        guard let socket else {
            try? await Task.sleep(for: min(wait, .seconds(1)))
            self.socket = await line.socket(path, token: token)
            return nil
        }
        do {
            switch try await socket.next(within: wait) {
            case .text(let text): return try JSON.parse(text)
            case .binary: return nil
            case .close, .ended:
                line.lostSocket()
                self.socket = nil
                return nil
            }
        } catch ClientError.timedOut {
            return nil
        } catch {
            line.lostSocket()
            self.socket = nil
            return nil
        }
    }

    func close() async { try? await socket?.close() }
}
