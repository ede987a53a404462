import BSON

/// What was planted, by what it is: to be found with whom it was given to and nowhere else.
struct Canaries {
    private(set) var planted: [String: String] = [:]

    /// A new one, of letters and digits.
    mutating func plant(_ name: String) -> String {
        let text = "Canary\(ObjectID().hex)"
        planted[name] = text
        return text
    }

    /// What a server has made itself.
    mutating func plant(_ name: String, _ text: String) { planted[name] = text }

    /// The names of those that a text holds, in whatever case.
    func found(in text: String) -> [String] {
        let text = text.lowercased()
        return planted.filter { text.contains($0.value.lowercased()) }.map(\.key).sorted()
    }
}
