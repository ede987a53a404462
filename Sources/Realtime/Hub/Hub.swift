public import NIOCore
import Synchronization

/// Brings messages to all sockets of a topic.
///
/// The members of a topic are kept per event loop and touched only there, so a message costs one hop to each loop which
/// has members and no lock while it is handed out. Messages of one publisher reach each socket in their order.
public final class Hub<Message: Sendable>: Sendable {
    public typealias Post = (message: Message, topic: String)

    private let shards: [HubShard<Message>]
    private let shardOfLoop: [ObjectIdentifier: Int]
    private let directory = Mutex(HubDirectory())

    /// - Parameters:
    ///   - group: The loops which may carry sockets.
    ///   - patience: How long a message may wait to be joined with those behind it, where its socket has not confirmed what
    ///     it was sent before. One that stands alone leaves at once; with nil, every one does.
    public init(group: any EventLoopGroup, patience: Duration? = nil) {
        var shards: [HubShard<Message>] = []
        var shardOfLoop: [ObjectIdentifier: Int] = [:]
        for loop in group.makeIterator() where shardOfLoop[ObjectIdentifier(loop)] == nil {
            shardOfLoop[ObjectIdentifier(loop)] = shards.count
            shards.append(HubShard(loop: loop, patience: patience))
        }
        (self.shards, self.shardOfLoop) = (shards, shardOfLoop)
    }

    /// Sockets with at least one topic.
    public var count: Int { directory.withLock { $0.connections } }

    /// The topics that have sockets.
    public var topics: [String] { directory.withLock(\.names) }

    /// Sockets of one topic.
    public func count(of topic: String) -> Int { directory.withLock { $0.count(of: topic) } }

    /// Joins topics. A message published after this call has returned is received; leaving happens by itself when the
    /// connection closes. Joining a topic again replaces `receive`.
    ///
    /// Must be called on the connection's event loop, where `receive` is called too.
    ///
    /// - Parameter limit: Connections which these topics may have; the oldest above it close with `.replaced`.
    public func subscribe(
        _ connection: SocketConnection, to topics: [String], limit: Int? = nil,
        receive: @escaping (Message) -> Void
    ) {
        guard let index = shardOfLoop[ObjectIdentifier(connection.eventLoop)] else {
            preconditionFailure("the connection's event loop is not of the hub's group")
        }
        let shard = shards[index]
        let isNew = !shard.knows(connection)
        let fresh = topics.filter { shard.join(connection, $0, receive) }
        let surplus = directory.withLock { directory in
            if isNew { directory.connections += 1 }
            return fresh.flatMap { directory.join($0, shard: index, connection, limit: limit) }
        }
        if isNew {
            connection.whenClosed { [weak self] in self?.remove(connection, from: index) }
        }
        for old in surplus { old.close(.replaced) }
    }

    /// Leaves some topics; may be called from any thread.
    public func unsubscribe(_ connection: SocketConnection, from topics: [String]) {
        guard let index = shardOfLoop[ObjectIdentifier(connection.eventLoop)] else { return }
        shards[index].onLoop { [self] shard in
            let left = topics.filter { shard.leave(connection, $0) }
            directory.withLock { $0.leave(left, shard: index, connection) }
        }
    }

    /// Leaves all topics; may be called from any thread.
    public func unsubscribe(_ connection: SocketConnection) {
        guard let index = shardOfLoop[ObjectIdentifier(connection.eventLoop)] else { return }
        shards[index].onLoop { [self] shard in
            let left = shard.topics(of: connection).filter { shard.leave(connection, $0) }
            directory.withLock { $0.leave(left, shard: index, connection) }
        }
    }

    /// Hands a message to all sockets which are in the topic when it arrives at their loop.
    public func publish(_ message: Message, to topic: String) {
        for index in directory.withLock({ $0.shards(of: topic) }) {
            shards[index].take(CollectionOfOne<Post>((message, topic)))
        }
    }

    /// The same with several, in their order. What one socket gets of them leaves in one write.
    public func publish(_ posts: [Post]) {
        let places = directory.withLock { directory in posts.map { directory.shards(of: $0.topic) } }
        for (index, shard) in shards.enumerated() where places.contains(where: { $0.contains(index) }) {
            shard.take(zip(posts, places).filter { $0.1.contains(index) }.map(\.0))
        }
    }

    private func remove(_ connection: SocketConnection, from index: Int) {
        let left = shards[index].forget(connection)
        directory.withLock {
            $0.connections -= 1
            $0.leave(left, shard: index, connection)
        }
    }
}
