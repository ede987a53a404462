import NIOCore

/// The members on one event loop; every call but `onLoop` must come there.
struct HubShard<Message: Sendable>: Sendable {
    private struct Members {
        var ofTopic: [String: [UInt64: (Message) -> Void]] = [:]
        var topics: [UInt64: Set<String>] = [:]
    }

    let loop: any EventLoop
    private let members: NIOLoopBoundBox<Members>

    init(loop: any EventLoop) {
        self.loop = loop
        members = .makeBoxSendingValue(Members(), eventLoop: loop)
    }

    func onLoop(_ work: @escaping @Sendable (Self) -> Void) {
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
        members.value.ofTopic[topic, default: [:]][connection.id] = receive
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
        members.value.ofTopic[topic]?[id] = nil
        if members.value.ofTopic[topic]?.isEmpty == true { members.value.ofTopic[topic] = nil }
    }

    func deliver(_ message: Message, to topic: String) {
        guard let receivers = members.value.ofTopic[topic] else { return }
        for receive in receivers.values { receive(message) }
    }
}
