import NIOCore

/// The sockets of one topic on one event loop, side by side in memory: a message goes through thousands of them.
struct TopicMembers<Message: Sendable> {
    struct Member {
        let connection: SocketConnection
        let receive: (Message) -> Void
    }

    private(set) var all: ContiguousArray<Member> = []
    private var places: [UInt64: Int] = [:]
    private var lastPost: NIODeadline?

    var isEmpty: Bool { all.isEmpty }

    /// Replaces the receiver of a connection that is there already.
    mutating func insert(_ connection: SocketConnection, _ receive: @escaping (Message) -> Void) {
        let member = Member(connection: connection, receive: receive)
        if let place = places[connection.id] {
            all[place] = member
        } else {
            places[connection.id] = all.count
            all.append(member)
        }
    }

    /// The last one takes the place.
    mutating func remove(_ id: UInt64) {
        guard let place = places.removeValue(forKey: id), let last = all.popLast() else { return }
        guard place < all.count else { return }
        all[place] = last
        places[last.connection.id] = place
    }

    /// Notes a post.
    ///
    /// - Returns: whether the one before it is so recent that a peer may not have confirmed it yet.
    mutating func post(at now: NIODeadline, within patience: TimeAmount) -> Bool {
        defer { lastPost = now }
        return lastPost.map { now - $0 < patience * 2 } ?? false
    }
}
