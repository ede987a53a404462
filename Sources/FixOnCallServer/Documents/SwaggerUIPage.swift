import NIOCore

/// The texts of ours around Swagger UI.
enum SwaggerUIPage {
    /// Nothing but our own files, requests to ourselves, and the pictures that the style sheet carries within itself;
    /// no script in the page, and no frame around it.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static func page(document: String, icon: String, style: String, scripts: [String]) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Fix On Call: API</title>
        <link rel="icon" type="image/png" href="\(escaped(icon))">
        <link rel="stylesheet" href="\(escaped(style))">
        </head>
        <body>
        <div id="swagger-ui" data-document="\(escaped(document))"></div>
        \(scripts.map { "<script src=\"\(escaped($0))\"></script>" }.joined(separator: "\n"))
        </body>
        </html>

        """
    }

    /// The page while the files are not there.
    static func missing(document: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <title>Fix On Call: API</title>
        </head>
        <body>
        <p>The files of Swagger UI are not on this machine yet: <code>make swagger</code> fetches them.</p>
        <p>The document itself is at <a href="\(escaped(document))">\(escaped(document))</a>.</p>
        </body>
        </html>

        """
    }

    /// Starts Swagger UI. The document is never sent to an online validator, and no query may point the page elsewhere.
    static let script = BrowserFiles.File(
        ByteBuffer(
            string: """
                "use strict";
                window.addEventListener("DOMContentLoaded", () => {
                  const place = document.getElementById("swagger-ui");
                  SwaggerUIBundle({
                    domNode: place,
                    url: place.dataset.document,
                    presets: [SwaggerUIBundle.presets.apis],
                    layout: "BaseLayout",
                    deepLinking: true,
                    displayRequestDuration: true,
                    docExpansion: "list",
                    defaultModelsExpandDepth: 0,
                    filter: true,
                    queryConfigEnabled: false,
                    validatorUrl: null,
                  });
                });

                """), mediaType: "text/javascript; charset=utf-8")

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
    }
}
