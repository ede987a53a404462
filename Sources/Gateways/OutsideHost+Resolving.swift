import Foundation
import NIOPosix

extension OutsideHost {
    /// A name led to nothing, or to where nobody is to be asked.
    struct Unreachable: Error, CustomStringConvertible {
        let description: String
    }

    /// The address to ask a name at: every one it leads to at this moment is judged, so that no name of somebody else's leads
    /// a question into our networks (threat T24). Who connects must use the answer and not resolve again, since another
    /// answer may come a moment later.
    ///
    /// - Parameter allowed: what an address may be.
    static func address(of name: String, allowed: Set<OutsideHost>) async throws -> String {
        let addresses = try await NIOThreadPool.singleton.runIfActive { try Self.addresses(of: name) }
        // Where both are, the older kind works everywhere.
        guard let first = addresses.first(where: { !$0.contains(":") }) ?? addresses.first else {
            throw Unreachable(description: "\(name) leads nowhere")
        }
        for address in addresses where !allowed.contains(OutsideHost(host: address)) {
            throw Unreachable(description: "\(name) leads to \(address), where nobody is asked")
        }
        return first
    }

    /// As numbers. Blocks.
    private static func addresses(of name: String) throws -> [String] {
        var hints = addrinfo()
        hints.ai_flags = AI_ADDRCONFIG
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(name, nil, &hints, &list)
        guard status == 0 else { throw Unreachable(description: "\(name): \(String(cString: gai_strerror(status)))") }
        defer { freeaddrinfo(list) }
        return sequence(first: list) { $0?.pointee.ai_next }.compactMap { entry in
            guard let entry = entry?.pointee else { return nil }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let isNamed = getnameinfo(
                entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            return isNamed == 0 ? String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self) : nil
        }
    }
}
