import BSON
import FixOnCallClient
import LiveBookings

/// Keeps one person's socket open, now at one server, now at the other, and notes what it hears.
struct Listener: Sendable {
    let person: VirtualPerson
    let route: SocketRecord.Route
    let ports: [Int]
    let recorder: Recorder
    let board: AlertBoard

    /// Until the task is cancelled.
    func run() async {
        var turn = Int(person.id.suffix(4), radix: 16) ?? 0
        while !Task.isCancelled {
            turn += 1
            let socket = try? await SocketClient.connect(
                host: "127.0.0.1", port: ports[turn % ports.count], path: path,
                headers: [("Authorization", "Bearer \(person.token)")], within: .seconds(10))
            if let socket { await listen(socket) }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    private var path: String {
        switch route {
        case .alerts: LiveBookings.Path.availableBookings
        case .bookings: LiveBookings.Path.customerBookings
        }
    }

    private func listen(_ socket: SocketClient) async {
        var record = SocketRecord(person: person.id, route: route)
        reading: while !Task.isCancelled {
            do {
                switch try await socket.next(within: .milliseconds(500)) {
                case .text(let text): if let frame = frame(text) { record.frames.append(frame) }
                case .binary: continue
                case .close, .ended: break reading
                }
            } catch ClientError.timedOut {
                continue
            } catch {
                break
            }
        }
        let pings = (try? await socket.recordedPings()) ?? []
        record.cursors = pings.filter { $0.count == 8 }.map { $0.reduce(0) { $0 << 8 | Int64($1) } }
        recorder.add(record)
    }

    private func frame(_ text: String) -> SocketRecord.Frame? {
        guard let json = try? JSON.parse(text), let number = json["booking_id"]?.int else { return nil }
        if let word = json["status"]?.string { return .init(number, word) }
        board.note(person.id, heard: number)
        return .init(number, "alert")
    }
}
