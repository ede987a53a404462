import BSON
import FixOnCallClient
import Foundation
import Mongo

extension City {
    /// Has the product make one customer, one provider and one finished job, and reads what it has stored.
    static func samples(
        from server: RunningTarget, _ database: Database, in name: String = Database.name
    ) throws -> Samples {
        let customer = try sign(
            server,
            #"{"email":"user0@example.com","password":"\#(password)","name":"Customer 0","phone":"+254700000000","#
                + #""user_type":"driver","vehicle_info":{"make":"Toyota","model":"Premio","year":2020,"#
                + #""license_plate":"KBC 123A"}}"#)
        let mechanic = try sign(
            server,
            #"{"email":"mechanic0@example.com","password":"\#(password)","name":"Mechanic 0","phone":"+254110000000","#
                + #""user_type":"mechanic","specialization":["engine","tyres"],"experience_years":5,"#
                + #""location":{"latitude":-1.2921,"longitude":36.8219}}"#)
        let opened = try expect(
            201,
            server.ask(
                "POST", "/api/services/request", token: customer,
                body: #"{"service_type":"breakdown","location":{"latitude":-1.2921,"longitude":36.8219,"#
                    + #""address":"Nairobi, Kenya"},"description":"Car will not start"}"#))
        let job = opened["data"]?["service"]?["id"]?.string ?? ""
        try expect(200, server.ask("POST", "/api/services/\(job)/accept", token: mechanic))
        try expect(
            200,
            server.ask("PUT", "/api/services/\(job)/status", token: mechanic, body: #"{"status":"completed"}"#))
        return try database.use(name) { client in
            guard let user = try await client.collection("users").findOne(["email": "user0@example.com"]),
                let mechanic = try await client.collection("users").findOne(["email": "mechanic0@example.com"]),
                let provider = try await client.collection("mechanics").findOne(),
                let job = try await client.collection("services").findOne(["status": "completed"]),
                let owner: ObjectID = user.get("_id"),
                let row = try await client.collection("notifications").findOne(
                    ["recipient_id": .id(owner), "kind": "job.status"]),
                let head = try await client.collection("inbox_heads").findOne(["_id": .id(owner)])
            else { throw RunningTarget.Failure(description: "the product stored no samples") }
            return Samples(customer: user, mechanic: mechanic, provider: provider, job: job, row: row, head: head)
        }
    }

    private static func sign(_ server: RunningTarget, _ body: String) throws -> String {
        let answer = try expect(201, server.ask("POST", "/api/auth/register", body: body))
        return answer["data"]?["access_token"]?.string ?? ""
    }

    @discardableResult
    private static func expect(_ status: Int, _ answer: @autoclosure () throws -> HTTPAnswer) throws -> JSON {
        let answer = try answer()
        guard answer.status == status, let json = answer.json else {
            throw RunningTarget.Failure(description: "the sample data: \(answer.status) \(answer.text.prefix(400))")
        }
        return json
    }
}
