extension Operation {
    /// Where an answer leads on: another route, and what of this exchange its path takes. The documents show it as an
    /// OpenAPI link.
    public struct Link: Sendable, Hashable {
        /// Where the value of a parameter is found.
        public enum Source: Sendable, Hashable {
            /// In the JSON of the answer, by a pointer (RFC 6901): `/data/service/id`.
            case answer(String)
            /// In the path of the request, by its parameter's name.
            case path(String)

            /// As OpenAPI writes it in a runtime expression.
            var expression: String {
                switch self {
                case .answer(let pointer): "$response.body#\(pointer)"
                case .path(let name): "$request.path.\(name)"
                }
            }
        }

        /// Dotted, or relative to the blueprint of the route that leads there when it begins with a dot.
        public let endpoint: String
        /// By the names of that route's path parameters, all of them.
        public let parameters: [String: Source]

        public init(to endpoint: String, _ parameters: [String: Source] = [:]) {
            self.endpoint = endpoint
            self.parameters = parameters
        }
    }
}
