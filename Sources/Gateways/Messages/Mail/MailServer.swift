import Foundation
import RoadsideRules

/// Where mail is handed in, and in whose name.
public struct MailServer: Sendable {
    /// What an address of a mail server, or something said to it, must not be.
    public struct Fault: Error, CustomStringConvertible {
        public let description: String
    }

    /// How a connection is kept from being overheard.
    public enum Protection: Sendable {
        /// Encrypted from its first byte (`smtps://`, port 465).
        case implicit
        /// Encrypted before anything is said (`smtp://`, port 587); a server that does not offer it is told nothing.
        case startTLS
        /// Not at all: for a server on this machine.
        case none
    }

    public let host: String
    public let port: Int
    public let protection: Protection
    public let login: (user: String, password: String)?
    /// The sender's address.
    public let sender: String
    /// The sender's name.
    public let name: String
    /// A file of certificates to trust instead of the system's; nil for the system's.
    public let certificates: String?
    /// For everything that one message takes.
    public let patience: Duration

    /// - Parameters:
    ///   - address: `smtp://host:587` or `smtps://host:465`; a port that is not named is one of these.
    ///   - isPlain: leaves out the encryption, which only a server on this machine may be asked to do.
    /// - Throws: ``Fault`` with a sentence for the operator.
    public init(
        address: String, login: (user: String, password: String)? = nil, sender: String, name: String = "Fix On Call",
        certificates: String? = nil, isPlain: Bool = false, patience: Duration = .seconds(60)
    ) throws(Fault) {
        guard let parts = URLComponents(string: address), let scheme = parts.scheme, let host = parts.host,
            !host.isEmpty, parts.user == nil, parts.password == nil, parts.path.isEmpty || parts.path == "/",
            parts.query == nil, parts.fragment == nil, ["smtp", "smtps"].contains(scheme),
            parts.port.map((1...65535).contains) ?? true
        else { throw Fault(description: "must be smtp://host:587 or smtps://host:465, without user and password") }
        guard ContactRules.email(sender) == sender.lowercased() else {
            throw Fault(description: "needs the address of a sender (mail.from)")
        }
        for text in [login?.user, login?.password, name, host].compactMap(\.self) {
            guard MailMessage.isOneLine(text) else { throw Fault(description: "must not hold line breaks") }
        }
        if isPlain {
            guard scheme == "smtp", ["127.0.0.1", "::1", "[::1]", "localhost"].contains(host) else {
                throw Fault(description: "may be left unencrypted on this machine only")
            }
        }
        self.host = host
        self.login = login
        self.sender = sender
        self.name = name
        self.certificates = certificates
        self.patience = patience
        protection = isPlain ? .none : scheme == "smtps" ? .implicit : .startTLS
        port = parts.port ?? (scheme == "smtps" ? 465 : 587)
    }

    /// As libcurl wants it; the path is the name with which we greet.
    var url: String {
        "\(protection == .implicit ? "smtps" : "smtp")://\(host):\(port)/\(domain)"
    }

    /// The part of the sender's address behind the `@`.
    var domain: String { String(sender.split(separator: "@").last ?? "localhost") }
}
