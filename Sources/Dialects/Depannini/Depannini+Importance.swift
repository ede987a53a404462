public import RoadsideWeb

extension Depannini {
    /// How important the route with this name is; nil for what this dialect has no opinion about.
    public static func importance(of endpoint: String) -> Importance? { importances[endpoint] }

    static let importances: [String: Importance] = [
        "\(name).assistance.accept": .urgent, "\(name).assistance.update": .urgent, "\(name).auth.refresh": .urgent,
        "\(name).assistance.list": .deferrable, "\(name).assistants.list": .deferrable,
    ]
}
