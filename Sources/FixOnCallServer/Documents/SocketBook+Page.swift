import BSON
import Blueprint
import RoadsideWeb

// The page for people: made whole by the server, without a script.
extension SocketBook {
    /// - Parameters:
    ///   - document: where the AsyncAPI document is.
    ///   - style: where the style sheet is.
    func page(document: String, style: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Self.text(heading.title)): sockets</title>
        <link rel="stylesheet" href="\(Self.text(style))">
        </head>
        <body>
        <h1>\(Self.text(heading.title)): sockets</h1>
        <p>All frames are JSON objects in text frames. Send the access token as <code>Authorization: Bearer …</code>, or as the
        subprotocol <code>bearer.&lt;token&gt;</code>; or a ticket of <code>POST /api/ws/ticket</code> as
        <code>?ticket=…</code>, which opens one socket once. For machines: <a href="\(Self.text(document))">AsyncAPI 3.0</a>.</p>
        <nav><ul>
        \(sockets.map { "<li><a href=\"#\(Self.anchor($0))\">\(Self.text($0.route.template))</a></li>" }.joined(separator: "\n"))
        </ul></nav>
        \(sockets.map(Self.section).joined(separator: "\n"))
        </body>
        </html>

        """
    }

    static let style = """
        body { font: 16px/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
        h2 { border-top: 1px solid #ccc; padding-top: 1.5rem; }
        code, pre { font-family: monospace; background: #f4f4f4; }
        pre { padding: .5rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
        table { border-collapse: collapse; }
        th, td { border: 1px solid #ccc; padding: .25rem .5rem; text-align: left; vertical-align: top; }

        """

    private static func section(_ socket: Socket) -> String {
        let operation = socket.operation
        let roles = operation.roles ?? []
        var facts = ["For \(roles.isEmpty ? "whoever is signed in" : roles.joined(separator: ", "))."]
        if let name = socket.description.subprotocol { facts.append("Offer the subprotocol \(name).") }
        let paragraphs = socket.description.text.split(separator: "\n\n").map { "<p>\(text($0))</p>" }
        let parameters = operation.parameters.map { [$0.name, $0.place.rawValue, $0.description] }
        let refusals = operation.responses.sorted { $0.key < $1.key }.map { ["\($0.key)", $0.value.description] }
        let codes = socket.description.closeCodes.map { ["\($0.code)", $0.meaning, $0.advice] }
        return """
            <h2 id="\(anchor(socket))"><code>\(text(socket.route.template))</code> \(text(operation.summary))</h2>
            <p>\(text(facts.joined(separator: " ")))</p>
            \(paragraphs.joined(separator: "\n"))
            \(table("Parameters", ["name", "in", "meaning"], parameters))
            \(messages("From the server", socket.messages(of: .server)))
            \(messages("From the client", socket.messages(of: .client)))
            \(table("Refused before the socket opens", ["status", "meaning"], refusals))
            \(table("Closed by the server", ["code", "meaning", "what to do"], codes))
            """
    }

    private static func messages(_ title: String, _ messages: [SocketDescription.Message]) -> String {
        guard !messages.isEmpty else { return "" }
        let entries = messages.map { message in
            let examples = message.examples.map { "<pre>\(text(String(decoding: $0.bytes(), as: UTF8.self)))</pre>" }
            return
                "<h4>\(text(message.name))</h4>\n<p>\(text(message.summary))</p>\n\(examples.joined(separator: "\n"))"
        }
        return "<h3>\(title)</h3>\n" + entries.joined(separator: "\n")
    }

    private static func table(_ title: String, _ heads: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(text($0))</\(tag)>" }.joined() + "</tr>"
        }
        return "<h3>\(title)</h3>\n<table>\n\(row(heads, "th"))\n"
            + rows.map { row($0, "td") }.joined(separator: "\n") + "\n</table>"
    }

    private static func anchor(_ socket: Socket) -> String { text(socket.route.endpoint) }

    private static func text(_ text: some StringProtocol) -> String { SwaggerUIPage.escaped(String(text)) }
}
