import Foundation

/// Free TCP ports of the loopback interface.
public enum LoopbackPort {
    /// A port that can be bound now, outside the range from which the kernel serves outgoing connections: of those, any
    /// may be gone a moment later. `nil` when none was found.
    public static func free() -> Int? {
        let outgoing = outgoingPorts()
        let below = (10_000..<20_000).clamped(to: 0..<outgoing.lowerBound)
        let above = (outgoing.upperBound + 1..<65_536)
        for range in [below, above] where !range.isEmpty {
            for _ in 0..<100 {
                if let wanted = range.randomElement(), isFree(wanted) { return wanted }
            }
        }
        guard let (descriptor, port) = hold(0) else { return nil }
        close(descriptor)
        return port
    }

    /// Whether the port can be bound now.
    public static func isFree(_ port: Int) -> Bool {
        guard let (descriptor, _) = hold(port) else { return false }
        close(descriptor)
        return true
    }

    /// The kernel's range of ports for outgoing connections; Linux's default where it cannot be read.
    private static func outgoingPorts() -> ClosedRange<Int> {
        let text = try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        let bounds = (text ?? "").split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return 32_768...60_999 }
        return bounds[0]...bounds[1]
    }

    /// Binds and listens, so that nobody else can; the kernel picks for `0`. The caller closes the descriptor.
    public static func hold(_ wanted: Int) -> (descriptor: Int32, port: Int)? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        var reuse: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: wanted)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard bound else {
            close(descriptor)
            return nil
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }
}
