import BSON
import Mongo
import MongoTesting
import Testing

@Suite("Errors")
struct ErrorTests {
    @Test("a duplicate key names its index and keeps the value to itself", .database)
    func duplicateKey() async throws {
        let db = try TestDatabase.current
        let users = db.client.collection("users")
        try await users.createIndexes([Index(name: "unique_email", keys: ["email": 1], unique: true)])
        try await users.insert(["_id": 1, "email": "wanjiku@example.com"])
        let calls: [@Sendable () async throws -> Void] = [
            { try await users.insert(["email": "wanjiku@example.com"]) },
            {
                try await users.updateOne(["_id": 2], ["$set": ["email": "wanjiku@example.com"]], upsert: true)
            },
            {
                try await users.findOneAndUpdate(
                    ["_id": 2], ["$set": ["email": "wanjiku@example.com"]], upsert: true)
            },
        ]
        for call in calls {
            let error = try #require(await failure(call))
            #expect(error.code == .duplicateKey)
            #expect(error.serverCode == 11000)
            #expect(error.index == "unique_email")
            #expect(!"\(error) \(error.message)".contains("wanjiku"))
        }
        let id = try #require(await failure { try await users.insert(["_id": 1]) })
        #expect(id.index == "_id_")
    }

    @Test("a refusal by the collection's own rules is a validation error without the document in it", .database)
    func validation() async throws {
        let db = try TestDatabase.current
        try await db.client.run(["create": "jobs", "validator": ["price": ["$type": "long"]]])
        let jobs = db.client.collection("jobs")
        let error = await failure { try await jobs.insert(["price": "secret"]) }
        #expect(error?.code == .validation)
        #expect(error?.serverCode == 121)
        #expect("\(String(describing: error))".contains("secret") == false)
    }

    @Test("a server that quotes the whole document is not quoted", .database)
    func quotedDocument() async throws {
        let db = try TestDatabase.current
        let places = db.client.collection("places")
        try await places.createIndexes([Index(name: "near", keys: ["location": "2dsphere"])])
        let error = await failure {
            try await places.insert([
                "phone": "+254700000001", "location": ["type": "Point", "coordinates": [200.5, 1.25]],
            ])
        }
        let text = try #require(error.map { "\($0)" })
        #expect(!text.contains("254700000001"))
        #expect(!text.contains("200"))
        #expect(text.contains("MongoError.command(16755)"))
    }

    @Test("an unknown operator and an unknown command are the server's refusals", .database)
    func command() async throws {
        let db = try TestDatabase.current
        let jobs = db.client.collection("jobs")
        let unknown = await failure { try await jobs.find(["$no": 1]) }
        #expect(unknown?.code == .command)
        let error = await failure { try await db.client.run(["noSuchCommand": 1]) }
        #expect(error?.code == .command)
        #expect(error?.serverCode == 59)
    }

    @Test("write errors in the reply of a raw command are errors", .database)
    func rawCommand() async throws {
        let db = try TestDatabase.current
        let insert: Document = ["insert": "things", "documents": [["_id": 1], ["_id": 1]]]
        let error = await failure { try await db.client.run(insert) }
        #expect(error?.code == .duplicateKey)
    }

    @Test("a read that takes longer than its deadline is ended by the server", .database)
    func maxTime() async throws {
        let db = try TestDatabase.current
        let things = db.client.collection("things")
        try await things.insert(contentsOf: (0..<1000).map { ["_id": .int32($0), "n": 200_000] })
        let sum: BSONValue = [
            "$reduce": [
                "input": ["$range": [0, "$n"]], "initialValue": 0, "in": ["$add": ["$$value", "$$this"]],
            ]
        ]
        let endless: Document = ["$expr": ["$lt": [sum, 0]]]
        let error = await failure {
            try await things.find(endless, deadline: .after(.milliseconds(300)))
        }
        #expect(error?.code == .deadlineExceeded)
        try await eventually("the server has ended the read") {
            let running = try await db.client.run(["currentOp": 1, "ns": "\(db.name).things"], on: "admin")
            return running.get("inprog", as: [Document].self)?.isEmpty == true
        }
    }

    @Test("nobody at the address is a network error, for writes too: nothing was sent")
    func unreachable() async throws {
        let uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200&connectTimeoutMS=100"
        let client = try MongoClient(.init(uri: uri, database: "nowhere", workers: 1))
        let things = client.collection("things")
        let read = await failure { try await things.find() }
        #expect(read?.code == .network)
        let write = await failure { try await things.insert(["a": 1]) }
        #expect(write?.code == .network)
        let transaction = await failure {
            try await client.transaction { try $0.collection("things").insert(["a": 1]) }
        }
        #expect(transaction?.code == .network)
        await client.shutdownGracefully()
    }

    @Test(
        "an address that cannot be read is refused, and its password is not repeated",
        arguments: [
            "mongodb://anna:hunter2@", "mongodb://anna:hun/ter2@host", "mongodb://anna:hunter2@host:port",
            "mongo://anna:hunter2@host", "mongodb://anna:hunter2@host/?w=0&journal=true", "anna:hunter2",
            "mongodb://anna:hun%ter2@host", "mongodb://anna:p@ss:hunter2@host:0",
        ])
    func badAddress(uri: String) throws {
        let error = #expect(throws: MongoError.self) { try MongoClient(.init(uri: uri, database: "d")) }
        #expect(error?.code == .validation)
        let text = "\(String(describing: error))"
        #expect(!text.contains("hun") && !text.contains("ter2"))
    }
}
