/// Endpoint names back to URLs.
final class URLTable: Sendable {
    private let templates: [String: PathTemplate]

    init(_ routes: [RouteMatch]) {
        templates = Dictionary(uniqueKeysWithValues: routes.map { ($0.endpoint, $0.template) })
    }

    /// - Parameters:
    ///   - name: Dotted, or relative to the blueprint of `current` when it begins with a dot.
    ///   - values: By parameter name; what the path does not use becomes the query, in alphabetical order.
    ///   - inherited: Parameters of the current request, used by relative names for what `values` leaves out.
    func url(
        for name: String, _ values: [String: any CustomStringConvertible], from current: String,
        inherited: PathParameters
    ) throws(URLBuildingError) -> String {
        let isRelative = name.hasPrefix(".")
        let endpoint = Self.endpoint(name, from: current)
        guard let template = templates[endpoint] else { throw .unknownEndpoint(endpoint) }
        var unused = values
        var url = ""
        for segment in template.segments {
            url += "/"
            switch segment {
            case .literal(let text):
                url += PercentCoding.encodeLiteral(text)
            case .parameter(let parameter, let converter):
                let given = unused.removeValue(forKey: parameter)?.description
                guard let value = given ?? (isRelative ? inherited[parameter] : nil) else {
                    throw .missingParameter(parameter, endpoint: endpoint)
                }
                guard Self.isReversible(value, converter) else {
                    throw .badParameter(parameter, value: value, converter: converter.keyword, endpoint: endpoint)
                }
                url += PercentCoding.encode(value)
            }
        }
        let query = unused.sorted { $0.key < $1.key }.map {
            PercentCoding.encode($0.key) + "=" + PercentCoding.encode($0.value.description)
        }
        return query.isEmpty ? url : url + "?" + query.joined(separator: "&")
    }

    /// The dotted name that `name` stands for in the blueprint of `current`.
    static func endpoint(_ name: String, from current: String) -> String {
        guard name.hasPrefix(".") else { return name }
        guard let dot = current.lastIndex(of: ".") else { return String(name.dropFirst()) }
        return current[..<dot] + name
    }

    /// Clients remove `.` and `..` from a path before they send it, escaped or not.
    private static func isReversible(_ value: String, _ converter: PathConverter) -> Bool {
        converter.accepts(Array(value.utf8)) && value != "." && value != ".." && !value.utf8.contains(0)
    }
}

/// Why a URL could not be built.
public enum URLBuildingError: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownEndpoint(String)
    case missingParameter(String, endpoint: String)
    case badParameter(String, value: String, converter: String, endpoint: String)

    public var description: String {
        switch self {
        case .unknownEndpoint(let name):
            "no route is called '\(name)'; use a name from the route table, such as 'blueprint.route'"
        case .missingParameter(let name, let endpoint):
            "the route '\(endpoint)' needs the parameter '\(name)'; pass [\"\(name)\": …]"
        case .badParameter(let name, let value, let converter, let endpoint):
            "'\(value)' is no \(converter) for '\(name)' of the route '\(endpoint)'; pass a value its path would match"
        }
    }
}
