/// What a command was answered, to be answered again.
public struct KeptAnswer: Sendable, Hashable {
    public let status: Int
    public let headers: [Header]
    /// UTF-8.
    public let body: String

    public struct Header: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(status: Int, headers: [Header], body: String) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
