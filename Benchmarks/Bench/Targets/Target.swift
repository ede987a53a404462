/// A server that can be measured: how it is started and which of its routes do which scene's work.
struct Target {
    /// A route of a scene. `{lat}`, `{lon}`, `{booking}`, `{n}` and `{u}` stand for what differs between requests.
    struct Route {
        var method = "GET"
        var path: String
        var body = ""
        /// Tells routes of one scene apart.
        var variant = ""
        var isSignedIn = false
    }

    /// How a customer signs in.
    struct Login {
        var path: String
        var body: String
        /// Names of members on the way to the token in the answer.
        var token: [String]
    }

    struct Sockets {
        /// One of the ways to publish.
        struct Way {
            var path: String
            /// `{m}` stands for the message.
            var body: String
            /// Publications are frames of a WebSocket instead of HTTP requests.
            var isFrames = false
            /// What is overtaken by something newer in its topic may be left out.
            var keepsLatest = false
            /// Tells the ways of one server apart.
            var variant = ""
        }

        /// In it and in those of the ways `{t}` stands for the topic.
        var path: String
        /// The one that most people would take comes first.
        var ways: [Way]

        /// The variant of a way of frames.
        static let byFrames = "by frames"
    }

    let name: String
    let what: String
    /// Programs, all on the server's core. `{port}`, `{second}`, `{folder}` and `{mongo}` are filled in.
    var commands: [[String]]
    var environment: [String: String] = [:]
    var directory: String?
    /// Files in `{folder}` and the templates they are made of, as `peers.py` has them.
    var templates: [String: String] = [:]
    var routes: [Scene: [Route]] = [:]
    var login: Login?
    var sockets: Sockets?
    /// Whether it plays the scenes of ``DutyCity``.
    var isOnDuty = false

    var scenes: [Scene] {
        Scene.allCases.filter { scene in
            switch scene.kind {
            case .http: routes[scene] != nil
            case .sockets, .topics: sockets != nil
            case .duty, .counted: isOnDuty
            }
        }
    }
}
