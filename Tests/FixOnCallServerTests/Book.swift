import BSON
import Blueprint
import Logging
import RoadsideWeb
import Testing

@testable import FixOnCallServer

/// The router of the real server with all its dialects, and the document made from it; no database is contacted.
struct Book {
    let router: BlueprintRouter<WebContext>
    let document: JSON

    init(_ change: (inout Settings) -> Void = { _ in }) async throws {
        var settings = Settings()
        settings.environment = .test
        settings.secrets.jwt = "only for tests, thirty-two characters long"
        settings.secrets.pepper = "only for tests, pepper of thirty-two characters"
        settings.secrets.encryption = "only for tests, sealing of thirty-two chars"
        change(&settings)
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let services = try await Services.offline(settings, logger: logger)
        defer { services.close() }
        router = try FixOnCallApplication(services: services, settings: settings, logger: logger).router
        document = Mount.document(of: router)
    }

    /// One operation of the document.
    struct Entry {
        let method: String
        let path: String
        let json: JSON

        var name: Comment { "\(method) \(path)" }
        var isSocket: Bool { json["x-websocket"] == true }
        /// The outermost blueprint.
        var dialect: String { json["operationId"]?.string?.split(separator: ".").first.map(String.init) ?? "" }
        var replies: [JSON.Member] { json["responses"]?.object ?? [] }
    }

    var entries: [Entry] {
        (document["paths"]?.object ?? []).flatMap { path in
            (path.value.object ?? []).map { Entry(method: $0.name.uppercased(), path: path.name, json: $0.value) }
        }
    }

    /// `/jobs/<int:id>` as the document writes it: `/jobs/{id}`.
    static func documented(_ template: String) -> String {
        template.split(separator: "/", omittingEmptySubsequences: false).map { segment in
            guard segment.hasPrefix("<") else { return String(segment) }
            return "{\(segment.dropFirst().dropLast().split(separator: ":").last ?? "")}"
        }.joined(separator: "/")
    }
}
