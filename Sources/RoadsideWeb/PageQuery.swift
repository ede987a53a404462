public import Roadside

extension QueryFields {
    /// Which slice of a list the client wants: `cursor` + `limit`, or D's `page` + `per_page` (contracts 1.I).
    ///
    /// A size above 100 is an issue rather than silently cut, so that a client never believes it has seen everything.
    /// - Parameter perPage: how many items a numbered page has when the client does not say; a cursor's slice has 25.
    public mutating func page(perPage size: Int = PageRequest.defaultSize) -> PageRequest {
        let limit = optionalInt("limit", in: 1...100)
        let perPage = optionalInt("per_page", in: 1...100)
        let number = optionalInt("page", in: 1...10_000)
        let cursor = optionalText("cursor", max: 200)
        if cursor != nil || (limit != nil && number == nil && perPage == nil) {
            return .after(cursor, limit: limit ?? perPage ?? PageRequest.defaultSize)
        }
        return .page(number ?? 1, perPage: perPage ?? limit ?? size)
    }
}
