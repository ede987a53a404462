/// Which loops have members of a topic, and the members themselves where their number is limited.
struct HubDirectory {
    private struct Topic {
        /// Members per shard; only shards with members are listed.
        var shards: [(index: Int, members: Int)] = []
        /// Oldest first; only those who joined under a limit.
        var limited: [SocketConnection] = []
    }

    private var topics: [String: Topic] = [:]
    var connections = 0

    func shards(of topic: String) -> [Int] {
        topics[topic]?.shards.map(\.index) ?? []
    }

    var names: [String] { Array(topics.keys) }

    func count(of topic: String) -> Int {
        topics[topic]?.shards.reduce(0) { $0 + $1.members } ?? 0
    }

    /// The connections which have become too many.
    mutating func join(_ name: String, shard: Int, _ connection: SocketConnection, limit: Int?) -> [SocketConnection] {
        var topic = topics[name] ?? Topic()
        defer { topics[name] = topic }
        if let place = topic.shards.firstIndex(where: { $0.index == shard }) {
            topic.shards[place].members += 1
        } else {
            topic.shards.append((shard, 1))
        }
        guard let limit else { return [] }
        topic.limited.append(connection)
        let surplus = topic.limited.prefix(max(0, topic.limited.count - limit))
        topic.limited.removeFirst(surplus.count)
        return Array(surplus)
    }

    mutating func leave(_ names: [String], shard: Int, _ connection: SocketConnection) {
        for name in names {
            guard var topic = topics[name] else { continue }
            topic.limited.removeAll { $0 === connection }
            if let place = topic.shards.firstIndex(where: { $0.index == shard }) {
                topic.shards[place].members -= 1
                if topic.shards[place].members == 0 { topic.shards.remove(at: place) }
            }
            topics[name] = topic.shards.isEmpty ? nil : topic
        }
    }
}
