/// What sockets heard: nothing that is not in the inbox, and nothing out of its order.
enum SocketCheck {
    static func violations(_ evidence: Evidence) -> [Violation] {
        let rows = Dictionary(grouping: evidence.history.final.rows, by: \.recipient)
            .mapValues { $0.sorted { $0.seq < $1.seq } }
        return evidence.history.sockets.compactMap { socket in
            let own = rows[socket.person] ?? []
            let said = own.filter { $0.routes.contains(socket.route.rawValue) }.compactMap(frame)
            if let stray = firstStray(socket.frames, in: said) {
                return Violation(
                    "",
                    "a socket of \(socket.person.suffix(6)) heard \(stray.word) of job \(stray.number) out of order "
                        + "or out of nothing",
                    job: own.first { $0.number == stray.number }?.job, provider: socket.person)
            }
            // A heartbeat repeats the newest.
            let rises = zip(socket.cursors, socket.cursors.dropFirst()).allSatisfy { $0 <= $1 }
            let head = evidence.history.final.heads[socket.person] ?? 0
            guard rises, socket.cursors.allSatisfy({ $0 <= head }) else {
                return Violation(
                    "", "the cursors of a socket of \(socket.person.suffix(6)) do not rise to its head",
                    provider: socket.person)
            }
            return nil
        }
    }

    /// The first frame that has no place behind the one before it.
    private static func firstStray(_ heard: [SocketRecord.Frame], in said: [SocketRecord.Frame]) -> SocketRecord.Frame?
    {
        var rest = said[...]
        for frame in heard {
            guard let place = rest.firstIndex(of: frame) else { return frame }
            rest = rest[(place + 1)...]
        }
        return nil
    }

    /// The frame of a row (contracts E1, E3, table 1.G).
    private static func frame(_ row: FinalState.Row) -> SocketRecord.Frame? {
        guard let number = row.number else { return nil }
        switch row.kind {
        case "offer.new": return .init(number, "alert")
        case "offer.withdrawn": return .init(number, "withdrawn")
        case "job.status": return row.status.map { .init(number, word(of: $0)) }
        default: return nil
        }
    }

    private static func word(of status: String) -> String {
        switch status {
        case "scheduled", "requested", "matching": "pending"
        case "accepted", "en_route", "arrived": "accepted"
        case "in_progress", "towing", "at_destination": "on_trip"
        case "completed": "completed"
        default: "cancelled"
        }
    }
}
