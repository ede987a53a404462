import BSON
import FixOnCallClient
import MongoTesting
import RoadsideTesting
import Testing

@Suite("Depannini: the two sockets")
struct SocketTests {
    /// A client and an assistant who has accepted.
    private func taken(_ server: TestServer) async throws -> (client: Player, assistant: Player, id: Int64) {
        let (client, assistant) = (try await server.client(), try await server.assistant())
        let id = try #require(try await client.request()["assistance"]?["id"]?.int)
        let accepted = try await assistant.ask("PATCH", "/api/assistance/accept/\(id)/")
        #expect(accepted.status == 200)
        return (client, assistant, id)
    }

    private func next(_ socket: SocketClient, _ type: String) async throws -> JSON {
        let frames = try await socket.frames { $0["type"]?.string == type }
        return frames[frames.count - 1]
    }

    @Test("B24 K15: an assistant hears of new requests on his own socket, as printed, and on nobody else's")
    func ownChannel() async throws {
        try await TestServer.with { server in
            let (client, assistant) = (try await server.client(), try await server.assistant())
            let socket = try await assistant.socket("/ws/assistant/\(assistant.id)/")
            let id = try #require(try await client.request()["assistance"]?["id"]?.int)
            let frame = try await socket.nextJSON()
            try Golden("new-assistance-request").expectShape(of: frame)
            #expect(frame.object?.count == 4)
            #expect(frame["assistance_id"]?.int == id && frame["client"]?["id"]?.int == client.id)
            let other = try await server.assistant("Other")
            for (player, path) in [
                (other, "/ws/assistant/\(assistant.id)/"), (other, "/ws/assistant/999999/"),
                (client, "/ws/assistant/\(client.id)/"),
            ] {
                let refused = try await refusal { _ = try await player.socket(path) }
                #expect(refused.status == 403, "\(path)")
                #expect(try JSON.parse(refused.body)["code"] == "FORBIDDEN")
            }
            let bare = try await refusal { _ = try await server.socket("/ws/assistant/\(assistant.id)/", token: nil) }
            #expect(bare.status == 401)
        }
    }

    @Test("B24: who connects late is told of what is open around him")
    func late() async throws {
        try await TestServer.with { server in
            let client = try await server.client()
            let id = try #require(try await client.request()["assistance"]?["id"]?.int)
            let assistant = try await server.assistant()
            let socket = try await assistant.socket("/ws/assistant/\(assistant.id)/")
            #expect(try await socket.nextJSON()["assistance_id"]?.int == id)
        }
    }

    @Test("B25 B33 B34: both sides hear where it stands, first and whenever the word changes, each once")
    func status() async throws {
        try await TestServer.with { server in
            let (client, assistant) = (try await server.client(), try await server.assistant())
            let id = try #require(try await client.request()["assistance"]?["id"]?.int)
            let hers = try await client.socket("/ws/assistance/\(id)/")
            let first = try await hers.nextJSON()
            #expect(first["status"] == "requested" && first["assistant"]?.isNull == true)
            #expect(try await assistant.ask("PATCH", "/api/assistance/accept/\(id)/").status == 200)
            let accepted = try await hers.nextJSON()
            try Golden("status").expectShape(of: accepted)
            #expect(accepted["assistant"]?["id"]?.int == assistant.id && accepted["client"]?["id"]?.int == client.id)
            let his = try await assistant.socket("/ws/assistance/\(id)/")
            #expect(try await his.nextJSON()["status"] == "accepted")
            for word in ["ongoing", "completed"] {
                #expect(try await assistant.update(id, word).status == 202)
                for socket in [hers, his] { #expect(try await next(socket, "status")["status"]?.string == word) }
            }
        }
    }

    @Test("B25: when the assistant gives it back, it is canceled for him and requested for his client")
    func givenBack() async throws {
        try await TestServer.with { server in
            let (client, assistant, id) = try await taken(server)
            let (hers, his) = (
                try await client.socket("/ws/assistance/\(id)/"), try await assistant.socket("/ws/assistance/\(id)/")
            )
            _ = try await (hers.nextJSON(), his.nextJSON())
            #expect(try await assistant.update(id, "canceled").status == 202)
            #expect(try await next(his, "status")["status"] == "canceled")
            #expect(try await next(hers, "status")["status"] == "requested")
            try await his.send(text: #"{"type":"chat","message":"Sorry"}"#)
            #expect(try await next(his, "error")["code"] == "NOT_FOUND")
        }
    }

    @Test("B26 B28: positions go both ways, and say whose they are by the token")
    func locations() async throws {
        try await TestServer.with { server in
            let (client, assistant, id) = try await taken(server)
            let (hers, his) = (
                try await client.socket("/ws/assistance/\(id)/"), try await assistant.socket("/ws/assistance/\(id)/")
            )
            try await his.send(text: #"{"type":"location","lat":-1.2955,"lng":36.8255,"user_id":4711}"#)
            let seen = try await hers.frames { $0["type"] == "location" && $0["lat"]?.double == -1.2955 }
            let frame = seen[seen.count - 1]
            try Golden("location").expectShape(of: frame)
            #expect(frame["user_id"]?.int == assistant.id && frame.object?.count == 4)
            try await hers.send(text: #"{"type":"location","lat":-1.2922,"lng":36.8222,"user_id":4711}"#)
            let other = try await his.frames { $0["type"] == "location" && $0["lat"]?.double == -1.2922 }
            #expect(other[other.count - 1]["user_id"]?.int == client.id)
            try await hers.send(text: #"{"type":"location","lat":91,"lng":0}"#)
            let refused = try await next(hers, "error")
            #expect(refused["code"] == "VALIDATION_ERROR" && refused["errors"]?["lat"] != nil)
        }
    }

    @Test("B27 B29 K36: what one side writes reaches the other, under the writer's own name")
    func chat() async throws {
        try await TestServer.with { server in
            let (client, assistant, id) = try await taken(server)
            let (hers, his) = (
                try await client.socket("/ws/assistance/\(id)/"), try await assistant.socket("/ws/assistance/\(id)/")
            )
            _ = try await (hers.nextJSON(), his.nextJSON())
            try await hers.send(text: #"{"type":"chat","message":"Blue gate","sender":"Somebody else"}"#)
            for socket in [hers, his] {
                let frame = try await next(socket, "chat")
                try Golden("chat").expectShape(of: frame)
                #expect(frame["message"] == "Blue gate" && frame["sender"] == "Amine Client")
            }
            try await his.send(text: #"{"type":"chat","message":"Five minutes"}"#)
            #expect(try await next(hers, "chat")["sender"] == "Samir Assistant")
            try await hers.send(text: #"{"type":"song","message":"La"}"#)
            #expect(try await next(hers, "error")["errors"]?["type"] != nil)
        }
    }

    @Test("B25: to strangers, and to assistants who are only asked, there is no such socket")
    func strangers() async throws {
        try await TestServer.with { server in
            let (client, asked) = (try await server.client(), try await server.assistant())
            let id = try #require(try await client.request()["assistance"]?["id"]?.int)
            try await eventually("the assistant is asked") {
                try await asked.ask("GET", "/api/assistance/view/\(id)/").status == 200
            }
            for player in [asked, try await server.client()] {
                let refused = try await refusal { _ = try await player.socket("/ws/assistance/\(id)/") }
                let nothing = try await refusal { _ = try await player.socket("/ws/assistance/999999/") }
                #expect(refused.status == 404 && nothing.status == 404)
                let codes = try [refused, nothing].map { try JSON.parse($0.body)["code"] }
                #expect(codes == ["NOT_FOUND", "NOT_FOUND"])
            }
            #expect(try await client.ask("GET", "/ws/assistance/\(id)/").status == 400)
        }
    }

    @Test("K12: any of the sockets answers a ping, and ends with the third message that is none")
    func ping() async throws {
        try await TestServer.with { server in
            let (client, assistant, id) = try await taken(server)
            for socket in [
                try await client.socket("/ws/assistance/\(id)/"),
                try await assistant.socket("/ws/assistant/\(assistant.id)/"),
            ] {
                try await socket.send(text: #"{"type":"ping"}"#)
                #expect(try await next(socket, "pong")["timestamp"]?.string?.hasSuffix("Z") == true)
                for _ in 1...3 { try await socket.send(text: "nonsense") }
                #expect(try await socket.closeCode() == 4400)
            }
        }
    }
}
