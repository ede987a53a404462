public import FoundationEssentials
public import Hummingbird

/// The values that a request's path gave to the parameters of its route, percent-decoded.
public struct PathParameters: Sendable, Equatable {
    private let names: [String]
    private let values: [String]

    init(names: [String] = [], values: [String] = []) {
        self.names = names
        self.values = values
    }

    /// The decoded text of a parameter, `nil` if the route has none of that name.
    public subscript(name: String) -> String? {
        guard let index = names.firstIndex(of: name) else { return nil }
        return values[index]
    }

    /// The parameter as an integer; never `nil` for `<int:…>`.
    public func int(_ name: String) -> Int? {
        self[name].flatMap { Int($0) }
    }

    /// The parameter as a UUID; never `nil` for `<uuid:…>`.
    public func uuid(_ name: String) -> UUID? {
        self[name].flatMap { UUID(uuidString: $0) }
    }

    /// The decoded text of a parameter that the route is known to have.
    ///
    /// - Throws: 500 for a name the path does not contain, which is a fault of the program and not of the request.
    public func require(_ name: String) throws(HTTPError) -> String {
        guard let value = self[name] else { throw HTTPError(.internalServerError) }
        return value
    }
}
