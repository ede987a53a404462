import DequeModule
import NIOCore
import Synchronization

/// The members on one event loop; every call but `onLoop` and `take` must come there.
final class HubShard<Message: Sendable>: Sendable {
    typealias Post = Hub<Message>.Post

    private struct Members {
        var ofTopic: [String: TopicMembers<Message>] = [:]
        var topics: [UInt64: Set<String>] = [:]
        /// Those with frames that wait for more.
        var waiting: [SocketConnection] = []
    }

    let loop: any EventLoop
    private let members: NIOLoopBoundBox<Members>
    /// What has been published and not been handed out: the longer the loop is busy, the more there is, and the fewer
    /// writes each of it costs.
    private let posts = Mutex((isExpected: false, waiting: Deque<Post>()))

    private let patience: TimeAmount?

    init(loop: any EventLoop, patience: Duration?) {
        self.loop = loop
        self.patience = patience.map { TimeAmount(positive: $0) }
        members = .makeBoxSendingValue(Members(), eventLoop: loop)
    }

    func onLoop(_ work: @escaping @Sendable (HubShard) -> Void) {
        if loop.inEventLoop { work(self) } else { loop.execute { work(self) } }
    }

    func knows(_ connection: SocketConnection) -> Bool {
        members.value.topics[connection.id] != nil
    }

    func topics(of connection: SocketConnection) -> [String] {
        Array(members.value.topics[connection.id] ?? [])
    }

    /// False when the connection was there already; the receiver is replaced in any case.
    func join(_ connection: SocketConnection, _ topic: String, _ receive: @escaping (Message) -> Void) -> Bool {
        members.value.ofTopic[topic, default: TopicMembers()].insert(connection, receive)
        return members.value.topics[connection.id, default: []].insert(topic).inserted
    }

    /// False when the connection was not there. A connection without topics stays known until it closes.
    func leave(_ connection: SocketConnection, _ topic: String) -> Bool {
        guard members.value.topics[connection.id]?.remove(topic) != nil else { return false }
        drop(connection.id, from: topic)
        return true
    }

    /// The topics left behind by a closed connection.
    func forget(_ connection: SocketConnection) -> [String] {
        let topics = members.value.topics.removeValue(forKey: connection.id) ?? []
        for topic in topics { drop(connection.id, from: topic) }
        return Array(topics)
    }

    private func drop(_ id: UInt64, from topic: String) {
        members.value.ofTopic[topic]?.remove(id)
        if members.value.ofTopic[topic]?.isEmpty == true { members.value.ofTopic[topic] = nil }
    }

    // MARK: Handing out

    /// Hands the posts out on the loop, in their order and behind those before them; may be called from any thread.
    func take(_ new: some Collection<Post>) {
        let isExpected = posts.withLock { posts in
            posts.waiting.append(contentsOf: new)
            defer { posts.isExpected = true }
            return posts.isExpected
        }
        if !isExpected { loop.execute { self.handOut() } }
    }

    /// What a turn hands to a socket leaves in one write, however many topics it came from.
    private func handOut() {
        let (turn, isMore) = posts.withLock { posts in
            let turn = Array(posts.waiting.prefix(Self.postsOfTurn))
            posts.waiting.removeFirst(turn.count)
            posts.isExpected = !posts.waiting.isEmpty
            return (turn, posts.isExpected)
        }
        if turn.count == 1, let post = turn.first {
            if let patience { deliverJoined(post, within: patience) } else { deliver(post) { _ in } }
        } else {
            var held: [SocketConnection] = []
            for post in turn {
                deliver(post) { if $0.hold() { held.append($0) } }
            }
            for connection in held { connection.release() }
        }
        // Others on this loop have their turn in between.
        if isMore { loop.execute { self.handOut() } }
    }

    private func deliver(_ post: Post, before: (SocketConnection) -> Void) {
        guard let receivers = members.value.ofTopic[post.topic] else { return }
        for member in receivers.all {
            before(member.connection)
            member.receive(post.message)
        }
    }

    /// A socket whose peer is behind has one write for all that comes within this time. The kernel is not asked who is
    /// behind when the topic's last message is old: with thousands of sockets the question costs a tenth of the sending.
    private func deliverJoined(_ post: Post, within patience: TimeAmount) {
        guard members.value.ofTopic[post.topic]?.post(at: .now(), within: patience) == true else {
            return deliver(post) { _ in }
        }
        var waiting: [SocketConnection] = []
        deliver(post) { if $0.waitForMore() { waiting.append($0) } }
        guard !waiting.isEmpty else { return }
        if members.value.waiting.isEmpty { loop.scheduleTask(in: patience) { self.stopWaiting() } }
        members.value.waiting += waiting
    }

    private func stopWaiting() {
        let waiting = members.value.waiting
        members.value.waiting = []
        for connection in waiting { connection.stopWaiting() }
    }

    /// Ours: at most so many frames are joined for one socket.
    private static var postsOfTurn: Int { 32 }
}
