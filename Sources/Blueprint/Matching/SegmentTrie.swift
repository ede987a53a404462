/// Path templates by segment. At each node literals are tried before converters, and a dead end is backed out of.
///
/// Parameter names are no part of the trie: `/jobs/<id>` and `/jobs/<job>/start` share their nodes.
struct SegmentTrie: Sendable {
    private struct Node: Sendable {
        var value: Int?
        var literals: [(bytes: [UInt8], child: Int)] = []
        var converters: [(converter: PathConverter, child: Int)] = []
    }

    private var nodes = [Node()]
    private(set) var depth = 0

    /// The value stored under `template`, or `value` stored there now.
    mutating func insert(_ template: PathTemplate, _ value: Int) -> Int {
        var node = 0
        for segment in template.segments {
            node = child(of: node, segment)
        }
        depth = max(depth, template.segments.count)
        if let existing = nodes[node].value { return existing }
        nodes[node].value = value
        return value
    }

    /// Offers every value whose whole template matches `path`, most literal first, until `visit` returns `true`.
    ///
    /// - Parameter visit: Receives the value and the segments that parameters matched.
    @discardableResult
    func matches(_ path: borrowing PathView, visit: (Int, [Range<Int>]) -> Bool) -> Bool {
        guard path.segments.count <= depth else { return false }
        var captured: [Range<Int>] = []
        return walk(0, path, 0, &captured) { value, consumed, captured in
            consumed == path.segments.count && visit(value, captured)
        }
    }

    /// The value of the longest template that is a prefix of `path` in whole segments.
    func longestPrefix(of path: borrowing PathView) -> Int? {
        var best: (value: Int, length: Int)?
        var captured: [Range<Int>] = []
        _ = walk(0, path, 0, &captured) { value, consumed, _ in
            if consumed > best?.length ?? -1 { best = (value, consumed) }
            return false
        }
        return best?.value
    }

    private func walk(
        _ index: Int, _ path: borrowing PathView, _ position: Int, _ captured: inout [Range<Int>],
        visit: (Int, Int, [Range<Int>]) -> Bool
    ) -> Bool {
        if let value = nodes[index].value, visit(value, position, captured) { return true }
        guard position < path.segments.count else { return false }
        let range = path.segments[position]
        for literal in nodes[index].literals where path.matches(range, literal.bytes) {
            if walk(literal.child, path, position + 1, &captured, visit: visit) { return true }
        }
        for (converter, child) in nodes[index].converters where converter.accepts(path.bytes[range]) {
            captured.append(range)
            if walk(child, path, position + 1, &captured, visit: visit) { return true }
            captured.removeLast()
        }
        return false
    }

    private mutating func child(of node: Int, _ segment: PathTemplate.Segment) -> Int {
        let next = nodes.count
        switch segment {
        case .literal(let text):
            let bytes = Array(text.utf8)
            if let found = nodes[node].literals.first(where: { $0.bytes == bytes }) { return found.child }
            nodes[node].literals.append((bytes, next))
        case .parameter(_, let converter):
            if let found = nodes[node].converters.first(where: { $0.converter == converter }) { return found.child }
            nodes[node].converters.append((converter, next))
            nodes[node].converters.sort { $0.converter.rawValue < $1.converter.rawValue }
        }
        nodes.append(Node())
        return next
    }
}
