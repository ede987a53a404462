import HTTPTypes

/// What a request, and the documents, know of a route. Shared by reference so that matching copies no strings.
final class RouteMatch: Sendable {
    let endpoint: String
    let methods: [HTTPRequest.Method]
    let template: PathTemplate
    let parameterNames: [String]
    let operation: Operation
    let isSocket: Bool

    init(
        endpoint: String, methods: [HTTPRequest.Method], template: PathTemplate, operation: Operation, isSocket: Bool
    ) {
        self.endpoint = endpoint
        self.methods = methods
        self.template = template
        self.parameterNames = template.parameterNames
        self.operation = operation
        self.isSocket = isSocket
    }
    /// What the documents call each of its methods, in their order.
    var operationIDs: [String] {
        methods.count == 1 ? [endpoint] : methods.map { "\(endpoint).\($0.rawValue.lowercased())" }
    }
}
