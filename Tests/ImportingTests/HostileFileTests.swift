import BSON
import Foundation
import Importing
import RoadsideTesting
import Testing

@Suite("Files that are not as they should be")
struct HostileFileTests {
    private static func person(_ number: Int) -> String {
        """
        {"id": \(number), "name": "Person \(number)", "email": "p\(number)@example.com", "phone_number": \
        "+2547221\(10000 + number)", "user_type": "client"}
        """
    }

    @Test("a byte order mark, a huge line, broken UTF-8, nonsense and a cut last line cost their own rows only")
    func lines() async throws {
        try await TestServer.with { server in
            let folder = try ExportFolder()
            defer { folder.remove() }
            var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
            bytes += Array("\(Self.person(1))\r\n".utf8)
            bytes +=
                Array("{\"id\": 2, \"name\": \"".utf8) + [UInt8](repeating: 0x61, count: 3 << 20) + Array("\"}\n".utf8)
            bytes +=
                Array("{\"id\": 3, \"name\": \"".utf8) + [0xFF, 0xC3]
                + Array("\", \"email\": \"p3@example.com\"}\n".utf8)
            bytes += Array("[1, 2]\nnull\n\n\(Self.person(4))\n{\"id\": 5, \"id\": 6}\n".utf8)
            bytes += Array(Self.person(7).dropLast(20).utf8)
            try folder.write("users.jsonl", bytes)
            let (report, rows) = try await Importer(server: server).run(.depannini, folder.path)
            #expect(report.table("users").new == 2)
            #expect(rows.map(\.line).sorted() == [2, 3, 4, 5, 8, 9])
            #expect(report.missing == ["assistances"])
        }
    }

    @Test("a mark that is not closed costs its own line; quoted line ends, marks and separators are text")
    func quotes() async throws {
        try await TestServer.with { server in
            let folder = try ExportFolder([
                "users.csv": """
                id;name;email;user_type
                1;"Anna ""the driver"" ;
                Maria";a1@example.com;client
                2;"open;a2@example.com;client
                3;Good;a3@example.com;client
                4;Short;a4@example.com
                5;Last;a5@example.com;client
                """
            ])
            defer { folder.remove() }
            let importer = Importer(server: server)
            let (report, rows) = try await importer.run(.depannini, folder.path)
            #expect(report.table("users").new == 3)
            #expect(rows.map(\.line).sorted() == [4, 6])
            let name = try await importer.find("users", ["email": "a1@example.com"])?.get("name", as: String.self)
            #expect(name == "Anna \"the driver\" ; Maria")
        }
    }

    @Test("a link, a folder, two files of one table and no table of people end an import before it begins")
    func noFiles() async throws {
        try await TestServer.with { server in
            let importer = Importer(server: server)
            let folder = try ExportFolder(["people.jsonl": Self.person(1)])
            defer { folder.remove() }
            await #expect(throws: ImportFault.self) { try await importer.run(.depannini, folder.path) }
            let users = "\(folder.path)/users.jsonl"
            try FileManager.default.createSymbolicLink(
                atPath: users, withDestinationPath: "\(folder.path)/people.jsonl")
            await #expect(throws: ImportFault.self) { try await importer.run(.depannini, folder.path) }
            try FileManager.default.removeItem(atPath: users)
            try FileManager.default.createDirectory(atPath: users, withIntermediateDirectories: false)
            await #expect(throws: ImportFault.self) { try await importer.run(.depannini, folder.path) }
            try FileManager.default.removeItem(atPath: users)
            try folder.write("users.jsonl", Array(Self.person(1).utf8))
            try folder.write("users.csv", Array("id\n1\n".utf8))
            await #expect(throws: ImportFault.self) { try await importer.run(.depannini, folder.path) }
            await #expect(throws: ImportFault.self) { try await importer.run(.depannini, users) }
            try FileManager.default.removeItem(atPath: "\(folder.path)/users.csv")
            // People are good, jobs cannot be read: nobody comes in.
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/assistances.csv", withIntermediateDirectories: false)
            await #expect(throws: ImportFault.self) { try await importer.run(.depannini, folder.path) }
            let counts = try await importer.counts()
            #expect(counts == [0, 0, 0, 0])
        }
    }
}
