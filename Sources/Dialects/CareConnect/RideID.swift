/// What a client calls its ride (promise C1): unique among the rides of one customer and no other's business (contracts
/// K28), so it is a name and never the name of a room.
struct RideID: Sendable, Hashable {
    let text: String

    /// - Returns: nil for what is empty, longer than a hundred characters (ours), or has control characters.
    init?(_ text: String) {
        guard (1...100).contains(text.unicodeScalars.count),
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        self.text = text
    }
}
