import HTTPTypes
public import Hummingbird
public import Roadside

extension Request {
    /// The versions that `If-Match` names (RFC 9110 §13.1.1); any version without the header, and for `*`.
    ///
    /// - Throws: `MALFORMED_REQUEST` for what is no list of entity tags.
    public func expectation() throws(RoadsideError) -> Expectation {
        switch try condition(.ifMatch) {
        case nil, .any: .any
        case .oneOf(let tags): .oneOf(Set(tags.filter { !$0.isWeak }.compactMap(\.version)))
        }
    }

    /// Whether the client has this version already: `If-None-Match` names it, or is `*` (RFC 9110 §13.1.2).
    ///
    /// - Throws: `MALFORMED_REQUEST` for what is no list of entity tags.
    public func alreadyHas(version: Int64) throws(RoadsideError) -> Bool {
        switch try condition(.ifNoneMatch) {
        case nil: false
        case .any: true
        case .oneOf(let tags): tags.contains { $0.version == version }
        }
    }

    /// The same for what has one version only, under this tag.
    ///
    /// - Throws: `MALFORMED_REQUEST` for what is no list of entity tags.
    public func alreadyHas(_ tag: EntityTag) throws(RoadsideError) -> Bool {
        switch try condition(.ifNoneMatch) {
        case nil: false
        case .any: true
        case .oneOf(let tags): tags.contains { $0.opaque == tag.opaque }
        }
    }

    private func condition(_ name: HTTPField.Name) throws(RoadsideError) -> TagCondition? {
        guard let text = headers[name] else { return nil }
        guard let condition = TagCondition(text) else {
            throw RoadsideError(.malformedRequest, "\(name.rawName) must be * or a list of entity tags such as \"3\".")
        }
        return condition
    }
}
