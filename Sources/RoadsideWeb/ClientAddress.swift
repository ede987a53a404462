/// A client's address as it may be kept: which network somebody came from, and not which of its machines.
enum ClientAddress {
    /// The first three parts of an IPv4 address and the first three groups of an IPv6 address, zeros for the rest; what is
    /// neither stays out.
    static func truncated(_ address: String) -> String {
        let address = address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) {
            return parts.dropLast().joined(separator: ".") + ".0"
        }
        guard address.contains(":") else { return "unknown" }
        // Whatever a zone is called.
        let plain = address.prefix { $0 != "%" }
        let halves = plain.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var groups: [String] = []
        for group in halves.prefix(3) {
            guard !group.isEmpty else { break }
            groups.append(group)
        }
        return groups.isEmpty ? "::" : groups.joined(separator: ":") + "::"
    }
}
