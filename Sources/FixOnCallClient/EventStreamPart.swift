/// What a stream of server-sent events brings.
public enum EventStreamPart: Sendable, Hashable {
    /// An event with the fields it came with; several lines of data are joined by line ends.
    case event(id: String?, name: String?, data: String)
    /// A line that clients ignore, without its colon.
    case comment(String)
    /// Milliseconds to wait before coming back.
    case retry(Int)
    /// The stream is over.
    case ended
}

/// Takes a stream apart (HTML Living Standard §9.2.6), as far as servers use the format.
struct EventStreamParser {
    private var line: [UInt8] = []
    private var id: String?
    private var name: String?
    private var data: [String] = []

    /// What these bytes complete.
    mutating func parts(_ bytes: some Sequence<UInt8>) -> [EventStreamPart] {
        var parts: [EventStreamPart] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                line.append(byte)
                continue
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            if let part = part(String(decoding: line, as: UTF8.self)) { parts.append(part) }
            line = []
        }
        return parts
    }

    private mutating func part(_ line: String) -> EventStreamPart? {
        guard !line.isEmpty else { return dispatch() }
        let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = halves.count == 2 ? String(halves[1].first == " " ? halves[1].dropFirst() : halves[1]) : ""
        switch halves[0] {
        case "": return .comment(value)
        case "retry": return Int(value).map(EventStreamPart.retry)
        case "id": id = value
        case "event": name = value
        case "data": data.append(value)
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> EventStreamPart? {
        defer { (id, name, data) = (nil, nil, []) }
        return data.isEmpty ? nil : .event(id: id, name: name, data: data.joined(separator: "\n"))
    }
}
