import NIOCore

/// The texts of the page at `/admin`.
enum AdminPageText {
    /// Our own script and style, and requests to ourselves; no form may be sent anywhere, and no frame is around it.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static func page(style: String, script: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Fix On Call: operators</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="\(SwaggerUIPage.escaped(style))">
        </head>
        <body>
        <h1>Fix On Call</h1>
        <form id="login">
        <label>E-mail address <input id="email" type="email" autocomplete="username" required></label>
        <label>Password <input id="password" type="password" autocomplete="current-password" required></label>
        <button>Sign in</button>
        </form>
        <p id="notice" role="status"></p>
        <main id="board" hidden>
        <p><button id="refresh" type="button">Look again</button> <button id="leave" type="button">Sign out</button></p>
        <h2>Providers</h2>
        <table><thead><tr><th>Number</th><th>Name</th><th>Status</th><th>Online</th><th>Verification</th><th>Position</th>
        </tr></thead><tbody id="providers"></tbody></table>
        <h2>Newest jobs</h2>
        <table><thead><tr><th>Number</th><th>Service</th><th>Status</th><th>Place</th><th>Since</th></tr></thead>
        <tbody id="jobs"></tbody></table>
        </main>
        <noscript><p>This page needs its script. The same is in the API under /api/admin.</p></noscript>
        <script src="\(SwaggerUIPage.escaped(script))"></script>
        </body>
        </html>

        """
    }

    static let style = BrowserFiles.File(
        ByteBuffer(
            string: """
                body { font: 16px/1.5 sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
                label { display: inline-block; margin-right: 1rem; }
                table { border-collapse: collapse; width: 100%; }
                th, td { border: 1px solid #ccc; padding: .25rem .5rem; text-align: left; vertical-align: top; }
                #notice { min-height: 1.5em; }

                """), mediaType: "text/css; charset=utf-8")

    /// The tokens live in a variable of the script: another page, another tab and the next visit know nothing of them.
    /// What people have written is set as text and never as markup.
    static let script = BrowserFiles.File(
        ByteBuffer(
            string: """
                "use strict";
                window.addEventListener("DOMContentLoaded", () => {
                  const at = (id) => document.getElementById(id);
                  let token = null;

                  const say = (text) => { at("notice").textContent = text; };

                  async function ask(path, body) {
                    const headers = { Accept: "application/json" };
                    if (token) headers.Authorization = "Bearer " + token;
                    if (body) headers["Content-Type"] = "application/json";
                    const answer = await fetch(path, {
                      method: body === undefined ? "GET" : "POST", headers, credentials: "omit", cache: "no-store",
                      body: body ? JSON.stringify(body) : undefined,
                    });
                    const json = await answer.json();
                    if (answer.status === 401 && token) leave();
                    if (!answer.ok) throw new Error(json.message || "The server answered " + answer.status + ".");
                    return json.data;
                  }

                  function fill(id, rows) {
                    at(id).replaceChildren(...rows.map((cells) => {
                      const row = document.createElement("tr");
                      for (const cell of cells) {
                        row.appendChild(document.createElement("td")).textContent = cell ?? "";
                      }
                      return row;
                    }));
                  }

                  const place = (p) => p && p.latitude != null ? p.latitude + ", " + p.longitude : "none";

                  async function look() {
                    const people = await ask("/api/admin/users?user_type=mechanic&per_page=100");
                    fill("providers", people.users.map((u) => [
                      u.number, u.name, u.availability, u.online ? "yes" : "no",
                      u.verification ? u.verification.state : "", place(u.location),
                    ]));
                    const jobs = await ask("/api/admin/services?per_page=50");
                    fill("jobs", jobs.services.map((s) => [
                      s.number, s.service_type, s.status, s.location && s.location.address || place(s.location), s.created_at,
                    ]));
                  }

                  function leave() {
                    token = null;
                    fill("providers", []);
                    fill("jobs", []);
                    at("board").hidden = true;
                    at("login").hidden = false;
                  }

                  async function run(work) {
                    say("");
                    try { await work(); } catch (error) { say(error.message); }
                  }

                  at("login").addEventListener("submit", (event) => {
                    event.preventDefault();
                    run(async () => {
                      const data = await ask("/api/auth/login", { email: at("email").value, password: at("password").value });
                      at("password").value = "";
                      token = data.access_token;
                      try { await look(); } catch (error) { leave(); throw error; }
                      at("login").hidden = true;
                      at("board").hidden = false;
                    });
                  });
                  at("refresh").addEventListener("click", () => run(look));
                  at("leave").addEventListener("click", () => run(async () => {
                    try { await ask("/api/auth/logout", {}); } finally { leave(); }
                  }));
                });

                """), mediaType: "text/javascript; charset=utf-8")
}
