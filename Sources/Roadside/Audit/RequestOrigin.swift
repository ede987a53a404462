/// Where a command came from: under which id its request is found in the logs, and from which address.
public struct RequestOrigin: Sendable, Hashable {
    public let requestID: String
    /// Without its port.
    public let address: String

    public init(requestID: String, address: String) {
        self.requestID = requestID
        self.address = address
    }
}
