public import BSON

/// A complete HTTP response.
public struct HTTPAnswer: Sendable {
    /// Header fields in the order of the wire, found by names of either case.
    public struct Headers: Sendable {
        public let fields: [(name: String, value: String)]

        /// The first value under that name.
        public subscript(name: String) -> String? { all(name).first }

        /// Every value under that name.
        public func all(_ name: String) -> [String] {
            fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        }
    }

    public let status: Int
    public let headers: Headers
    public let body: [UInt8]

    /// The body as JSON; nil when it is none.
    public var json: JSON? { try? JSON.parse(body, limits: .init(maxDepth: 128, maxBytes: .max)) }

    /// The body as text, with repaired UTF-8.
    public var text: String { String(decoding: body, as: UTF8.self) }
}
