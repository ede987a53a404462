import HTTPTypes

/// A route as its blueprint wrote it down, not yet checked.
struct RouteRecord<Context: BlueprintContext>: Sendable {
    let methods: [HTTPRequest.Method]
    let path: String
    let name: String?
    let operation: Operation
    let action: Action

    enum Action: Sendable {
        case respond(Blueprint<Context>.Handler)
        case accept(Blueprint<Context>.SocketHandler)

        var isSocket: Bool {
            if case .accept = self { true } else { false }
        }
    }

    /// The given name, or one made of method and path: `GET /jobs/<int:id>/` is `get_jobs_id`.
    var effectiveName: String {
        if let name { return name }
        let verb = action.isSocket ? "socket" : methods.map { $0.rawValue.lowercased() }.joined(separator: "_")
        let words = path.split(separator: "/").map { segment in
            let bare =
                segment.hasPrefix("<") ? segment.dropFirst().dropLast().split(separator: ":").last ?? "" : segment
            return String(bare.map { $0.isLetter || $0.isNumber ? $0 : "_" })
        }
        return ([verb] + words).joined(separator: "_")
    }
}
