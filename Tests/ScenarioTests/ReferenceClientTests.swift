import BSON
import FixOnCallClient
import Foundation
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

@Suite(
    "The clients of Examples/ keep the reconnect law",
    .enabled(if: ReferenceClient.hasPython, "python3-websockets is missing; `make test` installs it"))
struct ReferenceClientTests {
    @Test(
        "a client hears an alert, outlives two servers and its token, and hears the next ones",
        arguments: ReferenceClient.all)
    func comesBack(client kind: ReferenceClient) async throws {
        let database = try await TestDatabase.fresh()
        var program = try await ServerProcess.start(on: database)
        do {
            try await outlive(&program, on: database, kind)
        } catch {
            program.signal(SIGKILL)
            throw error
        }
        program.signal(SIGTERM)
        try await program.ended()
        await database.drop()
    }

    private func outlive(
        _ program: inout ServerProcess, on database: TestDatabase, _ kind: ReferenceClient
    ) async throws {
        let stage = Stage(port: program.port)
        let name = ObjectID().hex
        _ = try await stage.register("provider", as: name)
        let client = try kind.listen(at: stage.port, email: Stage.email(of: name), password: Stage.password(of: name))
        try await hears(client, as: kind, aRequestAt: stage)

        try await restart(&program, on: database)
        try await hears(client, as: kind, aRequestAt: stage)

        // This time its token is void when the server is back, so it has to sign in again before it can listen.
        try await restart(&program, on: database) {
            let changed = try await database.client.collection("users").updateMany(
                ["email": .string(Stage.email(of: name))], ["$inc": ["session_version": 1]])
            #expect(changed.matched == 1)
        }
        try await hears(client, as: kind, aRequestAt: stage)
        #expect(client.isRunning)
    }

    @Test("a client whose access is revoked stops", arguments: ReferenceClient.all)
    func stopsWhenRevoked(client kind: ReferenceClient) async throws {
        try await TestServer.with { server in
            let provider = try await server.provider()
            let client = try kind.listen(at: server.port, email: provider.email, password: provider.password)
            try await eventually("the client listens") { client.notes.contains("listening") }
            #expect(try await provider.ask("POST", "/api/auth/logout-all").status == 200)
            #expect(try await client.status() == 1)
            #expect(client.notes.contains("4403"))
        }
    }

    @Test("a client with a wrong password stops", arguments: ReferenceClient.all)
    func stopsUnsigned(client kind: ReferenceClient) async throws {
        try await TestServer.with { server in
            let provider = try await server.provider()
            let client = try kind.listen(at: server.port, email: provider.email, password: "Not-\(provider.password)")
            #expect(try await client.status() == 1)
            #expect(client.notes.contains("401"))
        }
    }

    @Test("a closing code is answered as published", arguments: ReferenceClient.all)
    func knowsTheCodes(client: ReferenceClient) async throws {
        // Each frame with the least wait in seconds, and whether to sign in again.
        let ends = [
            ("1000:done", "stop"), ("1012:server restarting", "0 false"), ("1012:retry=4", "4 false"),
            ("1013:overloaded", "0 false"), ("1013:retry=12", "12 false"), ("4008:", "0 false"), ("4009:", "0 false"),
            ("4010:", "stop"), ("4029:", "30 false"), ("4400:", "stop"), ("4401:", "0 true"), ("4403:", "stop"),
        ]
        #expect(try await client.judge(ends.map(\.0)) == ends.map(\.1))
    }

    private func restart(
        _ program: inout ServerProcess, on database: TestDatabase, meanwhile: () async throws -> Void = {}
    ) async throws {
        program.signal(SIGKILL)
        try await program.ended()
        try await meanwhile()
        program = try await ServerProcess.start(on: database, port: program.port)
    }

    private func hears(_ client: RunningProgram, as kind: ReferenceClient, aRequestAt stage: Stage) async throws {
        let number = try await stage.request(token: try await stage.register("customer"))
        do {
            try await eventually("the client prints the alert", within: .seconds(60)) {
                client.messages.contains { kind.isAlert($0, of: number) }
            }
        } catch {
            throw UnexpectedAnswer(description: "\(error); it noted: \(client.notes)")
        }
    }
}
