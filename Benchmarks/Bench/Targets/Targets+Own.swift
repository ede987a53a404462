import Foundation

/// The product and the floors below it; all of them lie beside this program.
enum OwnTargets {
    static let name = "ours"

    static let tokenSecret = "a key that signs the tokens of a benchmark only"

    static let settings = [
        "FIXONCALL_ENV": "production", "LOG_LEVEL": "warning", "ADMIN_PORT": "0", "HTTP_DRAIN_SECONDS": "0",
        "JWT_SECRET_KEY": tokenSecret,
        "SECRET_KEY": "a key that peppers the passwords of a benchmark only",
        "ENCRYPTION_KEY": "a key that seals the codes of a benchmark only",
        // A few accounts ask for thousands. They are counted, and never refused.
        "LIMITS_READS_PER_MINUTE": "10000000", "LIMITS_WRITES_PER_MINUTE": "10000000",
        "LIMITS_SEARCHES_PER_ACCOUNT": "10000000",
        // The benchmark runs in the repository, the server in a folder of its own.
        "STATE_REFERENCE": FileManager.default.currentDirectoryPath + "/Config/reference",
    ]

    /// What differs from the defaults, for the report.
    static let spokenSettings =
        "production, log level warning (default info), providers verified at registration, limits of requests out of reach"

    static func all(programs: String) -> [Target] {
        let server = Target(
            name: name, what: "fixoncall serve",
            commands: [
                [
                    "\(programs)/fixoncall", "serve", "--no-seed", "--directory", "{folder}", "--set",
                    "http.host=127.0.0.1", "--set", "providers.autoVerify=true",
                ]
            ],
            environment: settings.merging(["MONGO_URI": "{mongo}", "PORT": "{port}"]) { first, _ in first },
            routes: routes,
            login: .init(path: "/api/auth/login", body: loginBody("{u}"), token: ["data", "access_token"]))
        var duty = server
        (duty.routes, duty.isOnDuty) = ([.health: routes[.health] ?? []], true)
        duty.environment["MONGO_DATABASE"] = DutyCity.name
        duty.environment["DISPATCH_PICK_SECONDS"] = "\(ClockScene.windowSeconds)"
        let hub = Target(
            name: name, what: "the hub of Realtime (HubServer)", commands: [["\(programs)/HubServer", "{port}"]],
            sockets: hubSockets)
        let kernel = Target(
            name: "floor", what: "bare C on epoll", commands: [["\(programs)/FloorEpoll", "{port}"]],
            routes: [.health: routes[.health] ?? []], sockets: sockets)
        let database = Target(
            name: "floor", what: "bare C on libmongoc, a thread for each connection, no sign-in",
            commands: [["\(programs)/FloorMongo", "{port}", "{mongo}", Database.name]],
            routes: routes.filter { [.near, .booking, .request].contains($0.key) }.mapValues { routes in
                routes.map { route in
                    var open = route
                    open.isSignedIn = false
                    return open
                }
            })
        return [server, hub, kernel, database, duty]
    }

    private static func loginBody(_ user: String) -> String {
        #"{"email":"user\#(user)@example.com","password":"\#(City.password)"}"#
    }

    private static let routes: [Scene: [Target.Route]] = [
        .health: [.init(path: "/api/health")],
        .near: [
            .init(
                path: "/api/services/available-mechanics?latitude={lat}&longitude={lon}&radius_km=10&limit=20",
                isSignedIn: true)
        ],
        .booking: [.init(path: "/api/bookings/{booking}", isSignedIn: true)],
        .login: [.init(method: "POST", path: "/api/auth/login", body: loginBody("{n}"))],
        .request: [
            .init(
                method: "POST", path: "/api/services/request",
                body: #"{"service_type":"breakdown","location":{"latitude":{lat},"longitude":{lon},"#
                    + #""address":"Nairobi, Kenya"},"description":"Car will not start {n}"}"#,
                isSignedIn: true)
        ],
    ]

    /// Some 300 bytes, as the messages of real hubs are.
    static let filling = String(repeating: "x", count: 112)

    private static let message =
        #"{"type":"new_booking","booking_id":456,"pickup_location":"123 Street, City","#
        + #""dropoff_location":"456 Avenue, City","estimated_cost":300.00,"message":"{m}"}"#

    private static let sockets = Target.Sockets(path: "/ws/{t}", ways: [.init(path: "/pub/{t}", body: message)])

    private static let hubSockets = Target.Sockets(
        path: "/ws/{t}",
        ways: [
            .init(path: "/pub/{t}", body: message),
            .init(path: "/pub", body: "{t}\n" + message, isFrames: true, variant: Target.Sockets.byFrames),
            .init(path: "/latest", body: "{t}\n" + message, isFrames: true, keepsLatest: true, variant: "latest wins"),
        ])
}
