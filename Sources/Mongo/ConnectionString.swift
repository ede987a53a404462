import CMongoC

/// The address of the database, completed by the settings which it leaves open.
struct ConnectionString {
    /// The text given by the user, followed by the missing settings.
    let text: String

    /// - Throws: ``MongoError`` of code `validation` when the address cannot be read.
    init(_ settings: MongoClient.Settings) throws(MongoError) {
        let given = try Self.parse(settings.uri)
        defer { mongoc_uri_destroy(given) }
        let missing = Self.defaults(settings).filter { !mongoc_uri_has_option(given, $0.name) }
        text = Self.adding(missing.map { "\($0.name)=\($0.value)" }, to: settings.uri)
    }

    /// The library's form of it; the receiver destroys it.
    func parsed() throws(MongoError) -> OpaquePointer { try Self.parse(text) }

    /// Durability and limits of time, measured against killed and frozen servers (trust.md §1.2): the socket waits
    /// longer than a write concern, and a frozen server is left after ten seconds instead of five minutes.
    private static func defaults(_ settings: MongoClient.Settings) -> [(name: String, value: String)] {
        [
            ("w", "majority"), ("journal", "true"), ("readConcernLevel", "majority"), ("wtimeoutMS", "8000"),
            ("socketTimeoutMS", "10000"), ("connectTimeoutMS", "2000"), ("heartbeatFrequencyMS", "1000"),
            ("serverSelectionTimeoutMS", "5000"), ("waitQueueTimeoutMS", "250"),
            ("maxPoolSize", "\(settings.workers + settings.streams)"),
            ("appName", String(settings.appName.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })),
        ]
    }

    private static func adding(_ options: [String], to uri: String) -> String {
        guard !options.isEmpty else { return uri }
        let authority = uri.firstRange(of: "://").map { uri[$0.upperBound...] } ?? uri[...]
        let joint: String
        if authority.contains("?") {
            joint = uri.hasSuffix("?") || uri.hasSuffix("&") ? "" : "&"
        } else {
            joint = authority.contains("/") ? "?" : "/?"
        }
        return uri + joint + options.joined(separator: "&")
    }

    private static func parse(_ uri: String) throws(MongoError) -> OpaquePointer {
        var error = bson_error_t()
        if let parsed = mongoc_uri_new_with_error(uri, &error) { return parsed }
        // The library's own message may quote the part it stumbled over, and that can be the password.
        throw MongoError(.validation, "\(redacted(uri)) is not an address like mongodb://host:port/?option=value")
    }

    /// The address without what stands before its last `@`, and without its options.
    static func redacted(_ uri: String) -> String {
        guard let scheme = uri.firstRange(of: "://") else { return "the text given" }
        let rest = uri[scheme.upperBound...]
        let hasCredentials = rest.contains("@")
        let visible = hasCredentials ? rest[rest.index(after: rest.lastIndex(of: "@") ?? rest.startIndex)...] : rest
        let address = visible.prefix { $0 != "?" }
        return uri[..<scheme.upperBound] + (hasCredentials ? "***@" : "") + address
    }
}
