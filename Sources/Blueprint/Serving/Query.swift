public import HTTPTypes
public import Hummingbird

/// The parameters after the `?` of a URL, decoded as HTML forms encode them: `+` is a space, and names may repeat.
public struct Query: Sendable, Equatable {
    /// What a query may cost before it is refused.
    public struct Limits: Sendable {
        /// Bytes of the undecoded text.
        public var bytes: Int
        public var parameters: Int

        public init(bytes: Int = 8192, parameters: Int = 128) {
            self.bytes = bytes
            self.parameters = parameters
        }
    }

    /// In the order in which they came.
    public let parameters: [(name: String, value: String)]

    /// - Parameter text: Without the `?`; empty parts between `&` are skipped, a part without `=` has an empty value.
    /// - Throws: `QueryError` for too long a text, too many parameters, a bad escape, and bytes that are no UTF-8.
    public init(_ text: String, limits: Limits = Limits()) throws(QueryError) {
        guard text.utf8.count <= limits.bytes else { throw .tooLong }
        var parameters: [(name: String, value: String)] = []
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            guard parameters.count < limits.parameters else { throw .tooManyParameters }
            let halves = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            parameters.append((try Self.decode(halves[0]), halves.count == 2 ? try Self.decode(halves[1]) : ""))
        }
        self.parameters = parameters
    }

    /// The first value of that name.
    public subscript(name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// Every value of that name, in order.
    public func all(_ name: String) -> [String] {
        parameters.compactMap { $0.name == name ? $0.value : nil }
    }

    public static func == (left: Query, right: Query) -> Bool {
        left.parameters.elementsEqual(right.parameters) { $0 == $1 }
    }

    private static func decode(_ bytes: Substring.UTF8View) throws(QueryError) -> String {
        var decoded: [UInt8] = []
        guard PercentCoding.decode(bytes, plusIsSpace: true, into: &decoded),
            let text = String(validating: decoded, as: UTF8.self)
        else { throw .malformed }
        return text
    }
}

/// A query that is not read: 400.
public enum QueryError: HTTPResponseError, Equatable {
    case tooLong
    case tooManyParameters
    /// A `%` without two hexadecimal digits, or bytes that are no UTF-8.
    case malformed

    public var status: HTTPResponse.Status { .badRequest }

    public func response(from request: Request, context: some RequestContext) -> Response {
        Response(status: status)
    }
}

extension Request {
    /// The decoded query of this request.
    ///
    /// - Throws: `QueryError`, which answers 400 when nobody handles it.
    public func query(limits: Query.Limits = .init()) throws(QueryError) -> Query {
        try Query(uri.query ?? "", limits: limits)
    }
}
