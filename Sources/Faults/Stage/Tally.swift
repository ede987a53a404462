/// What clients have heard, held against the rows that are there.
struct Tally: Sendable {
    /// What one client has heard.
    struct Heard: Sendable {
        let person: String
        /// In the order of arrival.
        let seqs: [Int64]
        let resets: Int
    }

    /// Rows that were to be heard, once for each client of their recipient.
    private(set) var rows = 0
    private(set) var lost = 0
    private(set) var reordered = 0
    private(set) var duplicates = 0
    /// Heard, and not there.
    private(set) var strangers = 0
    private(set) var resets = 0
    /// Requests answered with 201 whose row is not there.
    private(set) var acknowledgedAndGone = 0

    /// - Parameters:
    ///   - there: the seqs in the database, by recipient.
    ///   - marks: of the pushes whose rows are there.
    init(_ heard: [Heard], against there: [String: Set<Int64>], marks: Set<Int>, pushes: [Pusher.Push]) {
        for client in heard {
            let theirs = there[client.person] ?? []
            let distinct = Set(client.seqs)
            rows += theirs.count
            lost += theirs.subtracting(distinct).count
            strangers += distinct.subtracting(theirs).count
            duplicates += client.seqs.count - distinct.count
            reordered += zip(client.seqs, client.seqs.dropFirst()).count { $0 > $1 }
            resets += client.resets
        }
        acknowledgedAndGone = pushes.count { $0.status == 201 && !marks.contains($0.mark) }
    }
}

extension Verdict {
    /// Nothing lost, nothing twice, nothing out of order.
    mutating func expectWhole(_ tally: Tally) {
        expect("lost", tally.lost, is: 0)
        expect("reordered", tally.reordered, is: 0)
        expect("duplicates", tally.duplicates, is: 0)
        expect("strangers", tally.strangers, is: 0)
        expect("resets", tally.resets, is: 0)
        expect("acknowledged_and_gone", tally.acknowledgedAndGone, is: 0)
        note("rows", tally.rows)
    }
}
