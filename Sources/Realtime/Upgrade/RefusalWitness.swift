public import HTTPTypes
public import NIOCore

/// Hears of every refusal that no route sees, and so nobody's access log: its status, and the connection it went to.
/// Called on the connection's event loop, which it must not hold up.
public typealias RefusalWitness = @Sendable (HTTPResponse.Status, any Channel) -> Void
