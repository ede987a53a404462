import BSON
import FixOnCallClient
import Foundation
import Mongo
import MongoTesting
import Roadside
import RoadsideRules
import RoadsideTesting
import Testing

@Suite("T25: tables for spreadsheets", .server, .serialized)
struct ExportTests {
    /// Reads RFC 4180 without knowing how it was written; every record by the names of the heading.
    private func table(_ answer: HTTPAnswer) throws -> [[String: String]] {
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == "text/csv; charset=utf-8")
        #expect(answer.headers["Content-Disposition"]?.hasPrefix("attachment; filename=\"") == true)
        #expect(answer.headers["X-Content-Type-Options"] == "nosniff")
        #expect(answer.headers["Cache-Control"] == "no-store")
        var (records, record, cell): ([[String]], [String], [UInt8]) = ([], [], [])
        var isQuoted = false
        var bytes = answer.body[...]
        while let byte = bytes.popFirst() {
            switch (byte, isQuoted) {
            case (UInt8(ascii: "\""), true) where bytes.first == UInt8(ascii: "\""):
                cell.append(bytes.removeFirst())
            case (UInt8(ascii: "\""), _): isQuoted.toggle()
            case (UInt8(ascii: ","), false):
                record.append(String(decoding: cell, as: UTF8.self))
                cell = []
            case (UInt8(ascii: "\r"), false):
                let next = bytes.popFirst()
                try #require(next == UInt8(ascii: "\n"))
                records.append(record + [String(decoding: cell, as: UTF8.self)])
                (record, cell) = ([], [])
            default: cell.append(byte)
            }
        }
        #expect(!isQuoted && record.isEmpty && cell.isEmpty)
        let heading = try #require(records.first)
        return try records.dropFirst().map { record in
            try #require(record.count == heading.count)
            return Dictionary(zip(heading, record)) { first, _ in first }
        }
    }

    @Test(
        "T25: names that are formulas are inert, and come back whole",
        arguments: ["=cmd|' /C calc'!A0", "+1", "@SUM(A1), \"x\"", "-2+3"])
    func formulas(name: String) async throws {
        let server = try server()
        let (admin, customer) = try await (server.admin(), server.customer(name))
        let rows = try table(try await admin.ask("GET", "/api/admin/exports/users.csv"))
        let row = try #require(rows.first { $0["id"] == customer.id })
        #expect(row["name"] == "'" + name)
        #expect(row["phone"] == "'" + customer.phone && row["email"] == customer.email)
        #expect(row["user_type"] == "driver" && row["is_active"] == "true" && row["number"] == "\(customer.number)")
        for row in rows {
            for cell in row.values where Double(cell) == nil {
                let visible = cell.unicodeScalars.first { !$0.properties.isWhitespace }
                let isFormula = visible.map { "=+-@".unicodeScalars.contains($0) } ?? false
                #expect(!isFormula, "\(cell)")
            }
        }
        let answer = try await admin.ask("GET", "/api/admin/exports/users.csv")
        #expect(!answer.text.contains("$2b$") && !answer.text.contains("password"))
    }

    @Test("services, bookings and the audit log are tables, too, and every export is a line of the log")
    func tables() async throws {
        let scene = try await Parties().completed()
        let admin = try await server().admin()
        let services = try table(try await admin.ask("GET", "/api/admin/exports/services.csv"))
        let service = try #require(services.first { $0["id"] == scene.id })
        #expect(service["status"] == "completed" && service["price_final"] == "1500")
        #expect(service["customer.id"] == scene.customer.id && service["mechanic.id"] == scene.mechanic.id)
        #expect(Double(service["location.latitude"] ?? "") != nil)
        let booked = try data(
            try await scene.customer.ask(
                "POST", "/api/bookings/create",
                ["location": ["latitude": -1.2921, "longitude": 36.8219], "notes": "=1+1\nsecond line"]), 201)
        let bookings = try table(try await admin.ask("GET", "/api/admin/exports/bookings.csv"))
        let id = try #require(booked["booking"]?["id"]?.string)
        let booking = try #require(bookings.first { $0["id"] == id })
        #expect(booking["notes"] == "'=1+1\nsecond line" && booking["status"] == "pending")
        let log = try table(try await admin.ask("GET", "/api/admin/exports/audit-log.csv"))
        let mine = log.filter { $0["actor.id"] == admin.id }
        #expect(mine.compactMap { $0["subject_name"] } == ["services", "bookings"])
        #expect(mine.allSatisfy { $0["action"] == "export.made" && $0["address"] == "127.0.0.1" })
    }

    @Test("a table of many slices has everybody once; who is switched off before its end gets no more")
    func slices() async throws {
        try await TestServer.with { server in
            let admin = try await server.admin()
            let ids = (0..<250).map { _ in ObjectID() }
            try await server.database.client.collection("users").insert(
                contentsOf: ids.enumerated().map { index, id in
                    [
                        "_id": .id(id), "number": .int(1_000_000 + index), "roles": ["customer"], "name": "Somebody",
                        "email": .string("\(id)@example.com"),
                        "created_at": .date(Date()), "is_active": true,
                    ]
                })
            let rows = try table(try await admin.ask("GET", "/api/admin/exports/users.csv"))
            let found = rows.compactMap { $0["id"] }
            #expect(found.count == 251)
            #expect(Set(found) == Set(ids.map(\.hex) + [admin.id]))

            let caller = try await server.roadside.accounts.authenticate(bearer: admin.token)
            let first = try await server.roadside.administration.exportedUsers(after: nil, for: caller)
            #expect(first.items.count == 100)
            let second = try await server.admin()
            _ = try data(try await second.ask("POST", "/api/admin/users/\(admin.id)/toggle-active"))
            var refused: (any Error)?
            do {
                _ = try await server.roadside.administration.exportedUsers(after: first.next, for: caller)
            } catch {
                refused = error
            }
            #expect(refused != nil)
        }
    }
}
