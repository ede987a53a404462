import BSON
import FixOnCallClient
import FixOnCallServer
import Mongo
import MongoTesting
import RoadsideTesting
import Testing

/// Generated from the OpenAPI document, so that a new member of a body is tried on the day it is documented.
@Suite("T19, T22: every member of every body takes its own kind and nothing else", .server, .serialized)
struct TypedInputTests {
    /// What a text may not be. The operators are MongoDB's; none may ever reach it as one.
    private static let notTexts: [JSON] = [
        ["$gt": ""], ["$ne": nil], ["$where": "sleep(10000)"], ["$regex": ".*"], ["a.b": 1], [], ["x"], 7, 1.5, true,
        "\u{0}", "a\u{0}b", "\u{1B}[2J",
    ]

    /// All that our own commands are made of, and what they are sent with.
    private static let operators: Set<String> = [
        "$clusterTime", "$db", "$readPreference",
        "$add", "$and", "$each", "$exists", "$expr", "$geometry", "$gt", "$gte", "$ifNull", "$in", "$inc", "$lt",
        "$lte",
        "$maxDistance", "$nearSphere", "$not", "$or", "$position", "$push", "$set", "$setOnInsert", "$slice",
        "$subtract",
        "$unset",
        "$changeStream", "$match", "$project",
    ]

    @Test(
        "T19: objects, lists, numbers, flags, operators and NUL in place of each text of each body are refused, and none reaches the database"
    )
    func texts() async throws {
        let own = try await TestServer.start()
        let commands = try await own.database.commands {
            try await ServerTrait.$running.withValue(own) { try await sendNoTexts() }
        }
        await own.stop()
        // Most bodies are refused before anything is asked; whose they are is asked, and those who send them are made.
        #expect(commands.count >= 100)
        var used: [String: Document] = [:]
        for command in commands { Self.collect(.document(command), from: command, into: &used) }
        for (name, command) in used where !Self.operators.contains(name) {
            Issue.record("\(name) in \(command)")
        }
    }

    /// The operators of a value, each with the command that it stands in.
    private static func collect(_ value: BSONValue, from command: Document, into used: inout [String: Document]) {
        switch value {
        case .document(let document):
            for (name, value) in document {
                // One that compares with nothing, and a name with a dot in a document, are the stranger's.
                let isHostile = name == "a.b" || name == "$gt" && value == ""
                if name.hasPrefix("$") || isHostile { used[isHostile ? "\(name): \(value)" : name] = command }
                collect(value, from: command, into: &used)
            }
        case .array(let values): for value in values { collect(value, from: command, into: &used) }
        default: break
        }
    }

    private func sendNoTexts() async throws {
        var writers = Writers()
        var tried = 0
        for write in try await DocumentedWrite.all() {
            let person = try await writers.writer(write)
            for way in write.texts {
                for value in Self.notTexts {
                    tried += 1
                    let answer = try await ask(write, write.body(way, value), as: person)
                    // A command about nothing may say so first; it must never be carried out.
                    let about: Comment = "\(write.name) \(way) \(value.text): \(answer.status) \(answer.text)"
                    #expect([400, 404, 409, 422].contains(answer.status), about)
                    guard answer.status == 422, let fields = answer.json?["fields"]?.array else { continue }
                    #expect(fields.contains { isAbout($0["name"]?.string, way) }, about)
                }
            }
        }
        #expect(tried >= 500)
    }

    private func ask(_ write: DocumentedWrite, _ body: JSON, as person: Person?) async throws -> HTTPAnswer {
        if let person { return try await person.ask(write.method, write.somewhere, body) }
        return try await server().http().request(write.method, write.somewhere, json: body)
    }

    /// `location.address` for the way there. A mechanic's availability has two names, of which one is told.
    private func isAbout(_ name: String?, _ way: [String]) -> Bool {
        guard let name else { return false }
        if way == ["availability"], name == "is_available" { return true }
        return name.hasPrefix(way.joined(separator: ".")) || way.joined(separator: ".").hasPrefix(name)
    }

    @Test(
        "T22: every body that is too deep, too long, twice the same, no JSON or more than one is refused, on every route"
    )
    func bombs() async throws {
        var writers = Writers()
        let bombs: [(String, [UInt8], Int)] = [
            ("depth", Array(String(repeating: "[", count: 30_000).utf8), 400),
            ("depth of objects", Array(String(repeating: #"{"a":"#, count: 9_000).utf8), 400),
            ("size", Array((#"{"a":""# + String(repeating: "a", count: 70_000) + #""}"#).utf8), 413),
            ("a name twice", Array(#"{"email":"a@example.com","email":"b@example.com"}"#.utf8), 400),
            ("a name twice, within", Array(#"{"location":{"latitude":1,"latitude":2}}"#.utf8), 400),
            ("a name twice, spelled otherwise", Array(#"{"email":"a","\#\u{0065}mail":"b"}"#.utf8), 400),
            ("a byte order mark", [0xEF, 0xBB, 0xBF] + Array("{}".utf8), 400),
            ("something behind", Array("{}{}".utf8), 400),
            ("half a surrogate pair", Array(#"{"a":"\ud800"}"#.utf8), 400),
            ("a number beyond a double", Array(#"{"a":1e400}"#.utf8), 400),
        ]
        for write in try await DocumentedWrite.all() {
            let person = try await writers.writer(write)
            let token = person.map { [("Authorization", "Bearer \($0.token)")] } ?? []
            for (what, body, status) in bombs {
                let answer = try await server().http().request(
                    write.method, write.somewhere, headers: token + [("Content-Type", "application/json")], body: body)
                // A reference in the path that names nothing may be noticed before the body is read.
                let isAllowed = answer.status == status || (answer.status == 404 && write.path.contains("{"))
                #expect(isAllowed, "\(what) to \(write.name): \(answer.status) \(answer.text)")
            }
        }
    }

    @Test("T22: a text that can be spelled in several ways is stored in one, whichever was sent")
    func spelling() async throws {
        let person = try await server().customer()
        let id = try #require(ObjectID(person.id))
        for name in ["Zoe\u{308} Ng\u{1B0}\u{1A1}\u{300}i", "Zo\u{EB} Ng\u{1B0}\u{1EDD}i"] {
            _ = try data(try await person.ask("PUT", "/api/auth/profile", ["name": .string(name)]))
            let stored = try await server().services.client.collection("users").findOne(["_id": .id(id)])
            let scalars = try #require(stored?.get("name", as: String.self)).unicodeScalars.map(\.value)
            #expect(scalars == [0x5A, 0x6F, 0xEB, 0x20, 0x4E, 0x67, 0x1B0, 0x1EDD, 0x69])
        }
    }

    @Test("T22: whole numbers beyond 64 bits and amounts with more decimals than their currency are wrong, not rounded")
    func numbers() async throws {
        let parties = try await Parties().led(to: "accepted", "in_progress")
        let charge: JSON = ["title": "Battery", "amount": 9500, "reason": "The old one is dead"]
        let path = parties.path + "/extra-charges"
        for number in ["1e300", "92233720368547758080", "0.001", "10.555", "-1", "0", "1e-9"] {
            let text = charge.text.replacing("9500", with: number)
            let answer = try await parties.mechanic.http.request(
                "POST", path, headers: [("Authorization", "Bearer \(parties.mechanic.token)")], body: Array(text.utf8))
            expectProblem(answer, 422, "VALIDATION_ERROR", fields: ["amount"], number)
        }
        for number in ["92233720368547758080", "1e300", "20.5"] {
            let text = #"{"license_plate":"KBC 123A","make":"Toyota","model":"Premio","year":\#(number)}"#
            let answer = try await parties.customer.http.request(
                "POST", "/api/vehicles", headers: [("Authorization", "Bearer \(parties.customer.token)")],
                body: Array(text.utf8))
            expectProblem(answer, 422, "VALIDATION_ERROR", fields: ["year"], number)
        }
    }
}
