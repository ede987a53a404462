public import Roadside

/// One caller's way through his inbox, batch by batch.
public struct EventReading: Sendable {
    private let caller: Caller
    private let inbox: Inbox
    private let accounts: Accounts
    /// Where he stands: the seq to come back with.
    public private(set) var cursor: InboxCursor

    public init(_ caller: Caller, from cursor: InboxCursor, inbox: Inbox, accounts: Accounts) {
        self.caller = caller
        self.cursor = cursor
        self.inbox = inbox
        self.accounts = accounts
    }

    /// The next rows that tell him something; empty when there are none for now. When it throws he stands where he stood.
    ///
    /// - Returns: `isRevoked` when a row behind them says that his session is over.
    mutating func next() async throws(RoadsideError) -> (rows: [InboxRow], isRevoked: Bool) {
        var cursor = cursor
        var news: [InboxRow] = []
        for row in try await inbox.next(&cursor, of: caller.userID) {
            if row.kind != .session {
                news.append(row)
            } else if try await endsSession(row) {
                return (news, true)
            }
        }
        self.cursor = cursor
        return (news, false)
    }

    private func endsSession(_ row: InboxRow) async throws(RoadsideError) -> Bool {
        if let session = row.body.sessionID { return session == caller.sessionID }
        // All of that moment. His own may have begun later: such a row stays in the inbox and is read again.
        return try await !accounts.stands(caller)
    }
}
