// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode, explicit existentials and imports, and no warning survives a build.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

extension Target.Dependency {
    static func hummingbird(_ product: String) -> Self { .product(name: product, package: "hummingbird") }
    static func nio(_ product: String) -> Self { .product(name: product, package: "swift-nio") }
    static func nioExtras(_ product: String) -> Self { .product(name: product, package: "swift-nio-extras") }
    static let httpTypes = Self.product(name: "HTTPTypes", package: "swift-http-types")
    static let logging = Self.product(name: "Logging", package: "swift-log")
    static let deque = Self.product(name: "DequeModule", package: "swift-collections")
    static let crypto = Self.product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = Self.product(name: "CryptoExtras", package: "swift-crypto")
    static let jwt = Self.product(name: "JWTKit", package: "jwt-kit")
    static let httpClient = Self.product(name: "AsyncHTTPClient", package: "async-http-client")
    static let lifecycle = Self.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let signals = Self.product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let configuration = Self.product(name: "Configuration", package: "swift-configuration")
    static let arguments = Self.product(name: "ArgumentParser", package: "swift-argument-parser")
}

func room(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil, exclude: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: path ?? "Sources/\(name)", exclude: exclude, swiftSettings: strict
    )
}

/// A program of `make bench`.
func bench(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Benchmarks/\(name)", exclude: exclude, swiftSettings: strict)
}

/// A program of `make bench` in C; no warning survives a build here either.
func bareBench(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Benchmarks/\(name)",
        cSettings: [.enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error)],
        linkerSettings: [.linkedLibrary("m")])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", swiftSettings: strict)
}

let package = Package(
    name: "fix-on-call",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "fixoncall", targets: ["CLI"]), .executable(name: "bench", targets: ["Bench"]),
        .executable(name: "race-check", targets: ["RaceCheckCommand"]),
        .executable(name: "faults", targets: ["FaultsCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CMongoC", path: "Sources/CMongoC", pkgConfig: "libmongoc-1.0", providers: [.apt(["libmongoc-dev"])]),
        .systemLibrary(
            name: "CCrypt", path: "Sources/CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // Libraries without our business in them.
        room("BSON", []),
        room("Telemetry", ["BSON", .logging]),
        room("Mongo", ["BSON", "CMongoC"]),
        room("EmbeddedMongo", ["Mongo", "BSON"]),
        room(
            "Blueprint", ["BSON", .httpTypes, .logging, .hummingbird("Hummingbird"), .nio("NIOCore"), .nio("NIOHTTP1")]),
        room(
            "Realtime",
            [
                .hummingbird("HummingbirdCore"), .httpTypes, .logging, .deque, .nio("NIOCore"), .nio("NIOPosix"),
                .nio("NIOHTTP1"),
                .nio("NIOWebSocket"), .nioExtras("NIOHTTPTypes"), .nioExtras("NIOHTTPTypesHTTP1"),
            ]),

        // The domain: rules decide, contexts do.
        room("RoadsideRules", ["BSON"]),
        room(
            "Roadside",
            [
                "RoadsideRules", "BSON", "Mongo", "Telemetry", "CCrypt", .crypto, .cryptoExtras, .deque, .logging,
                .lifecycle,
            ]),
        room(
            "Gateways",
            [
                "Roadside", "RoadsideRules", "BSON", "CCurl", .jwt, .logging, .httpClient, .nio("NIOCore"),
                .nio("NIOHTTP1"),
            ]),

        // What other systems keep of their data, and the way into ours and back.
        room("Importing", ["Roadside", "RoadsideRules", "Mongo", "BSON", .logging]),

        // Dialects translate.
        room(
            "RoadsideWeb",
            [
                "Roadside", "RoadsideRules", "BSON", "Blueprint", "Realtime", "Telemetry", .hummingbird("Hummingbird"),
                .httpTypes, .logging, .lifecycle, .nio("NIOCore"),
            ]),
        room(
            "FixOnCall",
            ["RoadsideWeb", "Roadside", "RoadsideRules", "BSON", "Blueprint", .hummingbird("Hummingbird"), .httpTypes],
            path: "Sources/Dialects/FixOnCall", exclude: ["README.md"]),
        room(
            "LiveBookings",
            [
                "RoadsideWeb", "Roadside", "RoadsideRules", "BSON", "Blueprint", "Realtime",
                .hummingbird("Hummingbird"), .httpTypes, .nio("NIOCore"),
            ], path: "Sources/Dialects/LiveBookings", exclude: ["README.md"]),
        room(
            "Depannini",
            [
                "RoadsideWeb", "Roadside", "RoadsideRules", "BSON", "Blueprint", "Realtime",
                .hummingbird("Hummingbird"), .httpTypes, .logging, .nio("NIOCore"),
            ], path: "Sources/Dialects/Depannini", exclude: ["README.md"]),
        room(
            "Toota",
            [
                "RoadsideWeb", "Roadside", "RoadsideRules", "BSON", "Blueprint", "Realtime",
                .hummingbird("Hummingbird"), .httpTypes, .logging, .nio("NIOCore"),
            ], path: "Sources/Dialects/Toota", exclude: ["README.md"]),
        room(
            "CareConnect",
            [
                "RoadsideWeb", "Roadside", "RoadsideRules", "BSON", "Blueprint", "Realtime",
                .hummingbird("Hummingbird"), .httpTypes, .logging, .nio("NIOCore"),
            ], path: "Sources/Dialects/CareConnect", exclude: ["README.md"]),

        // One composition root, and the program.
        room(
            "FixOnCallServer",
            [
                "FixOnCall", "LiveBookings", "Depannini", "Toota", "CareConnect", "RoadsideWeb", "Roadside",
                "RoadsideRules", "Gateways", "EmbeddedMongo",
                "Mongo", "BSON", "Blueprint", "Realtime", "Telemetry",
                .hummingbird("Hummingbird"), .httpTypes, .logging, .lifecycle, .signals, .configuration, .crypto,
                .nio("NIOCore"), .nio("NIOPosix"),
            ]),
        room("FixOnCallClient", ["BSON", .nio("NIOCore"), .nio("NIOPosix"), .nio("NIOHTTP1"), .nio("NIOWebSocket")]),
        // A city that lives against a running server; it knows the wire and nothing behind it.
        room("Simulation", ["FixOnCallClient", "FixOnCall", "LiveBookings", "EmbeddedMongo", "RoadsideRules", "BSON"]),
        .executableTarget(
            name: "CLI",
            dependencies: [
                "FixOnCallServer", "Importing", "Simulation", "Gateways", "FixOnCallClient", "FixOnCall",
                "LiveBookings",
                "EmbeddedMongo", "Telemetry",
                "Roadside", "RoadsideRules", "Realtime", "Mongo", "BSON", "Blueprint", .arguments, .logging, .lifecycle,
                .nio("NIOPosix"),
            ],
            path: "Sources/CLI", swiftSettings: strict),

        // What programs that break things stand on: servers that may be killed, a database, a folder, people.
        room("Proving", ["FixOnCallClient", "FixOnCall", "EmbeddedMongo", "RoadsideRules", "BSON"]),
        // `make race-check`: virtual people at two servers that are killed, and the checker of what came of it.
        room("RaceCheck", ["Proving", "FixOnCallClient", "LiveBookings", "Mongo", "RoadsideRules", "BSON"]),
        .executableTarget(
            name: "RaceCheckCommand", dependencies: ["RaceCheck", "Proving", "BSON", .arguments],
            path: "Sources/RaceCheckCommand", swiftSettings: strict),
        // `make faults`: thousands of sockets, one fault at a time, and what their clients saw of it.
        room(
            "Faults",
            [
                "Proving", "FixOnCallClient", "FixOnCall", "EmbeddedMongo", "Mongo", "RoadsideRules", "BSON",
                .nio("NIOCore"), .nio("NIOPosix"),
            ]),
        .executableTarget(
            name: "FaultsCommand", dependencies: ["Faults", "Proving", "BSON", .arguments],
            path: "Sources/FaultsCommand", swiftSettings: strict),

        // Tests mirror Sources.
        room("MongoTesting", ["EmbeddedMongo", "Mongo", "BSON"]),
        room(
            "RoadsideTesting",
            [
                "MongoTesting", "EmbeddedMongo", "FixOnCall", "FixOnCallServer", "FixOnCallClient", "RoadsideWeb",
                "Roadside", "RoadsideRules", "Mongo", "BSON", "Telemetry", .logging, .lifecycle, .nio("NIOCore"),
                .nio("NIOPosix"), .nio("NIOHTTP1"),
            ]),
        tests("BSON", ["BSON"]),
        tests("Telemetry", ["Telemetry", "RoadsideTesting", "BSON", .logging]),
        tests("Mongo", ["Mongo", "BSON", "EmbeddedMongo", "MongoTesting"]),
        tests(
            "Blueprint",
            [
                "Blueprint", "BSON", .hummingbird("Hummingbird"), .httpTypes, .logging, .nio("NIOCore"),
                .nio("NIOEmbedded"), .nio("NIOHTTP1"),
            ]),
        tests(
            "Realtime",
            [
                "Realtime", .hummingbird("HummingbirdCore"), .httpTypes, .logging,
                .nio("NIOCore"), .nio("NIOPosix"), .nio("NIOEmbedded"), .nio("NIOHTTP1"), .nio("NIOWebSocket"),
                .lifecycle,
            ]),
        tests("RoadsideRules", ["RoadsideRules", "RoadsideTesting", "BSON"]),
        tests(
            "Gateways",
            [
                "Gateways", "Roadside", "RoadsideRules", "RoadsideTesting", "EmbeddedMongo", "BSON", .logging,
                .nio("NIOCore"),
                .nio("NIOPosix"), .nio("NIOHTTP1"),
            ]),
        tests("Simulation", ["Simulation", "RoadsideRules", "BSON"]),
        tests(
            "Roadside",
            ["Roadside", "RoadsideRules", "Mongo", "BSON", "Gateways", "MongoTesting", .logging, .crypto]),
        tests(
            "FixOnCall",
            [
                .httpTypes, .nio("NIOCore"), "Telemetry", "FixOnCallServer", "FixOnCall", "RoadsideTesting",
                "MongoTesting", "Mongo", "FixOnCallClient", "RoadsideWeb", "Roadside", "RoadsideRules", "Blueprint",
                "BSON",
            ]),
        tests(
            "Depannini",
            [
                "Depannini", "FixOnCall", "RoadsideTesting", "MongoTesting", "Mongo", "FixOnCallClient",
                "FixOnCallServer",
                "RoadsideWeb", "Roadside", "RoadsideRules", "BSON",
            ]),
        tests(
            "Toota",
            [
                "Toota", "FixOnCall", "RoadsideTesting", "MongoTesting", "Mongo", "FixOnCallClient", "FixOnCallServer",
                "RoadsideWeb", "Roadside", "RoadsideRules", "BSON",
            ]),
        tests(
            "CareConnect",
            [
                "CareConnect", "FixOnCall", "RoadsideTesting", "MongoTesting", "Mongo", "FixOnCallClient",
                "FixOnCallServer",
                "RoadsideWeb", "Roadside", "RoadsideRules", "BSON",
            ]),
        tests(
            "LiveBookings",
            [
                "LiveBookings", "RoadsideTesting", "MongoTesting", "Mongo", "FixOnCallClient", "FixOnCallServer",
                "RoadsideWeb", "Roadside", "RoadsideRules", "BSON",
            ]),
        tests(
            "FixOnCallServer",
            [
                "FixOnCallServer", "RoadsideTesting", "FixOnCallClient", "EmbeddedMongo", "MongoTesting", "Mongo",
                "BSON", "Telemetry", .logging,
                "Blueprint", "Realtime", "Roadside", "RoadsideWeb", .httpTypes, .lifecycle, .nio("NIOPosix"),
            ]),
        tests(
            "Scenario",
            [
                .nio("NIOPosix"), "RoadsideTesting", "CLI", "RaceCheck", "Simulation", "LiveBookings", "MongoTesting",
                "EmbeddedMongo",
                "FixOnCallClient",
                "FixOnCallServer", "RoadsideWeb", "Roadside", "RoadsideRules", "Mongo", "BSON", .logging,
            ]),
        tests(
            "Importing",
            [
                "Importing", "RoadsideTesting", "MongoTesting", "Mongo", "Roadside", "RoadsideRules", "BSON",
                "FixOnCallClient",
            ]),
        tests("RaceCheck", ["RaceCheck", "RoadsideRules"]),
        tests("Faults", ["Faults", "BSON"]),
        tests("Architecture", []),

        // `make bench`: the instrument, what it measures beside the server, and what it measures with.
        bench(
            "Bench",
            [
                "EmbeddedMongo", "FixOnCallClient", "Gateways", "Roadside", "RoadsideRules", "Mongo", "BSON",
                .arguments,
                .crypto,
            ], exclude: ["scene.lua", "Dialects/sigsuspend.c"]),
        bench(
            "HubServer",
            ["Realtime", .hummingbird("Hummingbird"), .httpTypes, .logging, .nio("NIOCore"), .nio("NIOPosix")]),
        bench("EchoServer", ["Realtime", .hummingbird("Hummingbird"), .logging, .nio("NIOPosix")]),
        bareBench("FloorEpoll"),
        bareBench("FloorMongo", ["CMongoC"]),
        bareBench("SocketLoad"),
        bareBench("DutyLoad"),
    ]
)

// `make fuzz`: instrumented throughout, and therefore no part of any other build.
if Context.environment["FIXONCALL_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "ParserFuzz",
            dependencies: ["Gateways", "Realtime", "RoadsideWeb", "RoadsideRules", "BSON", .nio("NIOCore")],
            path: "Tests/Fuzz/Parsers", swiftSettings: strict))
}
