public import BSON

/// What a route says about itself: the source of its OpenAPI entry, and of the roles it is for.
public struct Operation: Sendable {
    /// One line.
    public var summary: String
    /// Several lines, in Markdown.
    public var description: String
    /// Groups in the document; without any, the name of the outermost blueprint is used.
    public var tags: [String]
    /// Query and header parameters; those of the path are known from the path.
    public var parameters: [Parameter]
    /// The request's body.
    public var body: Content?
    /// Answers by status.
    public var responses: [Int: Reply]
    /// Where its successes lead on.
    public var links: [Link]
    /// Who may call: `nil` is everybody, an empty list is everybody who is signed in.
    public var roles: [String]?
    public var deprecated: Bool
    /// Left out of the document: a page for people, which no client calls.
    public var hidden: Bool

    public init(
        _ summary: String = "", description: String = "", tags: [String] = [], parameters: [Parameter] = [],
        body: Content? = nil, responses: [Int: Reply] = [:], links: [Link] = [], roles: [String]? = nil,
        deprecated: Bool = false, hidden: Bool = false
    ) {
        self.summary = summary
        self.description = description
        self.tags = tags
        self.parameters = parameters
        self.body = body
        self.responses = responses
        self.links = links
        self.roles = roles
        self.deprecated = deprecated
        self.hidden = hidden
    }

    /// A parameter outside the path.
    public struct Parameter: Sendable {
        public enum Place: String, Sendable { case query, header }

        public var name: String
        public var place: Place
        public var schema: Schema
        public var description: String
        public var required: Bool
        /// Whether it may be sent without a value, which is the same as not sending it.
        public var allowsEmpty = false

        public init(
            _ name: String, in place: Place, _ schema: Schema = .string, _ description: String = "",
            required: Bool = false
        ) {
            self.name = name
            self.place = place
            self.schema = schema
            self.description = description
            self.required = required
        }

        /// An optional value of the query.
        public static func query(
            _ name: String, _ schema: Schema = .string, _ description: String = "", required: Bool = false
        ) -> Parameter {
            Parameter(name, in: .query, schema, description, required: required)
        }
    }

    /// A body: media type, shape and one example.
    public struct Content: Sendable {
        public var mediaType: String
        public var schema: Schema
        public var example: JSON?

        public init(mediaType: String, _ schema: Schema, example: JSON? = nil) {
            self.mediaType = mediaType
            self.schema = schema
            self.example = example
        }

        /// A body of `application/json`.
        public static func json(_ schema: Schema, example: JSON? = nil) -> Content {
            Content(mediaType: "application/json", schema, example: example)
        }
    }

    /// An answer: what it means, and its body if it has one.
    public struct Reply: Sendable {
        public var description: String
        public var content: Content?
        /// The same answer in other media types, for those who accept them.
        public var alternatives: [Content] = []

        public init(_ description: String, _ content: Content? = nil) {
            self.description = description
            self.content = content
        }

        /// An answer with a body of `application/json`.
        public init(_ description: String, _ schema: Schema, example: JSON? = nil) {
            self.init(description, .json(schema, example: example))
        }
    }
}
