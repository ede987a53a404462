import BSON
import FixOnCallClient
import RoadsideTesting
import Testing

/// Listens on a provider's alerts and keeps what another job's frames say in between.
struct Ear {
    private let socket: SocketClient

    init(_ socket: SocketClient) { self.socket = socket }

    func hear(alertOf number: Int64) async throws {
        let frames = try await socket.frames { $0["booking_id"]?.int == number && $0["estimated_cost"] != nil }
        #expect(frames.count == 1, "an alert came late: \(frames.map(\.text))")
    }

    func hear(withdrawalOf number: Int64) async throws {
        let frames = try await socket.frames { $0["booking_id"]?.int == number && $0["status"]?.string == "withdrawn" }
        #expect(frames.count == 1, "a withdrawal came late: \(frames.map(\.text))")
    }
}
