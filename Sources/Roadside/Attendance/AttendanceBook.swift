import BSON

/// Those who are connected to this server, and what of it stands in the database.
///
/// Only who has come or gone since is looked at by a turn; who stays costs nothing.
struct AttendanceBook {
    /// What a turn has to write.
    struct Changes: Equatable {
        var arrivals: [ObjectID] = []
        var departures: [ObjectID] = []
    }

    private struct Guest {
        var connections = 0
        /// Of the last connection; nil while there is one.
        var leftAt: ContinuousClock.Instant?
        var isWritten = false
        /// nil until it has been looked up.
        var isProvider: Bool?
        var isOnShift = false
    }

    /// How long somebody who has left counts as present: he may only have changed his cell (realtime.md §3.9).
    private let grace: Duration
    private var guests: [ObjectID: Guest] = [:]
    /// Whose row may have to be written or removed.
    private var pending: Set<ObjectID> = []

    init(grace: Duration) { self.grace = grace }

    /// - Returns: whether he is known to be on shift.
    mutating func enter(_ user: ObjectID) -> Bool {
        var guest = guests[user] ?? Guest()
        guest.connections += 1
        guest.leftAt = nil
        guests[user] = guest
        if !guest.isWritten { pending.insert(user) }
        return guest.isOnShift
    }

    mutating func leave(_ user: ObjectID, at now: ContinuousClock.Instant) {
        guard var guest = guests[user], guest.connections > 0 else { return }
        guest.connections -= 1
        if guest.connections == 0 {
            guest.leftAt = now
            pending.insert(user)
        }
        guests[user] = guest
    }

    /// Those of these users who are here, or were a moment ago.
    func present(among users: [ObjectID], at now: ContinuousClock.Instant) -> Set<ObjectID> {
        Set(users.filter { guests[$0].map { $0.leftAt.map { now < $0 + grace } ?? true } ?? false })
    }

    /// What is to be written now, at most so much; it stays due until it is told to have been written.
    mutating func due(atMost limit: Int, at now: ContinuousClock.Instant) -> Changes {
        var changes = Changes()
        for user in pending {
            guard changes.arrivals.count + changes.departures.count < limit else { break }
            guard let guest = guests[user] else {
                pending.remove(user)
                continue
            }
            switch (guest.leftAt, guest.isWritten) {
            case (nil, false): changes.arrivals.append(user)
            case (nil, true): pending.remove(user)
            case (.some, false):
                guests[user] = nil
                pending.remove(user)
            case (.some(let leftAt), true):
                if now >= leftAt + grace { changes.departures.append(user) }
            }
        }
        return changes
    }

    /// These have rows now.
    mutating func wrote(_ arrivals: [ObjectID]) {
        for user in arrivals {
            guests[user]?.isWritten = true
            if guests[user]?.leftAt == nil { pending.remove(user) }
        }
    }

    /// These have none any more; who has come back meanwhile gets a new one.
    mutating func removed(_ departures: [ObjectID]) {
        for user in departures {
            if guests[user]?.leftAt == nil {
                guests[user]?.isWritten = false
                pending.insert(user)
            } else {
                guests[user] = nil
                pending.remove(user)
            }
        }
    }

    /// A new incarnation: nothing of it stands in the database.
    mutating func beginAnew() {
        for user in guests.keys {
            guests[user]?.isWritten = false
            pending.insert(user)
        }
    }

    /// The providers who are here.
    var providers: [ObjectID] {
        guests.filter { $0.value.isProvider == true && $0.value.leftAt == nil }.map(\.key)
    }

    /// Who of these is a provider, and who of them is on shift.
    ///
    /// - Returns: those for whom this is news.
    mutating func learn(_ users: [ObjectID], shifts: [ObjectID: Bool]) -> [(user: ObjectID, isOnShift: Bool)] {
        users.compactMap { user in
            guard var guest = guests[user] else { return nil }
            let isOnShift = shifts[user] ?? false
            defer { guests[user] = guest }
            guest.isProvider = shifts[user] != nil
            guard guest.isOnShift != isOnShift else { return nil }
            guest.isOnShift = isOnShift
            return (user, isOnShift)
        }
    }

    func isProvider(_ user: ObjectID) -> Bool { guests[user]?.isProvider ?? false }
}
