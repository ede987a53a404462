import Foundation
import Testing

@Suite("The house keeps its shape")
struct ArchitectureTests {
    static let ours: Set<String> = [
        "BSON", "Mongo", "EmbeddedMongo", "Blueprint", "Realtime", "RoadsideRules", "Roadside", "Gateways",
        "RoadsideWeb",
        "FixOnCall", "LiveBookings", "Depannini", "Toota", "CareConnect", "Importing", "FixOnCallServer",
        "FixOnCallClient", "CLI", "MongoTesting", "RoadsideTesting",
        "Proving", "RaceCheck", "RaceCheckCommand", "Faults", "FaultsCommand", "Simulation", "CMongoC", "CCrypt",
        "CCurl", "Telemetry",
    ]

    /// Target folder → the modules of ours it may import. The arrows of the house, pointing down only.
    static let allowed: [String: Set<String>] = [
        "BSON": [],
        "Telemetry": ["BSON"],
        "Mongo": ["BSON", "CMongoC"],
        "EmbeddedMongo": ["BSON", "Mongo"],
        "Blueprint": ["BSON"],
        "Realtime": [],
        "RoadsideRules": ["BSON"],
        "Roadside": ["BSON", "Mongo", "RoadsideRules", "CCrypt", "Telemetry"],
        "Gateways": ["BSON", "CCurl", "Roadside", "RoadsideRules"],
        "RoadsideWeb": ["BSON", "Blueprint", "Realtime", "Roadside", "RoadsideRules", "Telemetry"],
        "Dialects/FixOnCall": ["BSON", "Blueprint", "Roadside", "RoadsideRules", "RoadsideWeb"],
        "Dialects/LiveBookings": ["BSON", "Blueprint", "Realtime", "Roadside", "RoadsideRules", "RoadsideWeb"],
        "Dialects/Depannini": ["BSON", "Blueprint", "Realtime", "Roadside", "RoadsideRules", "RoadsideWeb"],
        "Dialects/Toota": ["BSON", "Blueprint", "Realtime", "Roadside", "RoadsideRules", "RoadsideWeb"],
        "Dialects/CareConnect": ["BSON", "Blueprint", "Realtime", "Roadside", "RoadsideRules", "RoadsideWeb"],
        "Importing": ["BSON", "Mongo", "Roadside", "RoadsideRules"],
        "FixOnCallClient": ["BSON"],
        "Proving": ["BSON", "EmbeddedMongo", "FixOnCall", "FixOnCallClient", "RoadsideRules"],
        "RaceCheck": ["BSON", "FixOnCallClient", "LiveBookings", "Mongo", "Proving", "RoadsideRules"],
        "RaceCheckCommand": ["BSON", "Proving", "RaceCheck"],
        "Faults": ["BSON", "EmbeddedMongo", "FixOnCall", "FixOnCallClient", "Mongo", "Proving", "RoadsideRules"],
        "FaultsCommand": ["BSON", "Faults", "Proving"],
        "Simulation": ["BSON", "EmbeddedMongo", "FixOnCall", "FixOnCallClient", "LiveBookings", "RoadsideRules"],
    ]

    @Test("a target imports only what lies below it", arguments: allowed.keys.sorted())
    func importsPointDown(target: String) throws {
        let allowed = try #require(Self.allowed[target])
        let files = try SourceTree("Sources").files(in: target)
        #expect(!files.isEmpty, "\(target) has no sources")
        for file in files {
            let wrong = file.imports.intersection(Self.ours).subtracting(allowed)
            #expect(wrong.isEmpty, "\(file.path) imports \(wrong.sorted())")
        }
    }

    @Test("only the server target and the program assemble")
    func nobodyKnowsTheRoot() throws {
        for file in try SourceTree("Sources").files where file.imports.contains("FixOnCallServer") {
            #expect(
                file.path.hasPrefix("Sources/CLI/") || file.path.hasPrefix("Sources/RoadsideTesting/"),
                "\(file.path) imports the composition root")
        }
    }

    @Test("T20: no regular expression reads what strangers send: those of Swift and Foundation backtrack")
    func noRegularExpressions() throws {
        let words = ["Regex", "NSRegularExpression", "NSPredicate", ".regularExpression"]
        for file in try SourceTree("Sources").files where !file.path.hasPrefix("Sources/RoadsideTesting/") {
            for word in words {
                let has = file.lines.contains { $0.contains(word) }
                #expect(!has, "\(file.path) has \(word)")
            }
        }
    }

    @Test("the rules import nothing that can act")
    func rulesArePure() throws {
        for file in try SourceTree("Sources").files(in: "RoadsideRules") {
            let wrong = file.imports.subtracting(["BSON", "FoundationEssentials"])
            #expect(wrong.isEmpty, "\(file.path) imports \(wrong.sorted())")
            for line in file.lines where !line.contains("///") {
                #expect(
                    !line.contains("Date()") && !line.contains("random"),
                    "\(file.path) reaches for the clock or for chance")
            }
        }
    }

    @Test("the words of one client family stay in its dialect", arguments: ["driver"])
    func dialectWordsStayHome(word: String) throws {
        // The maps of old systems are their dictionaries, too.
        let homes = ["Sources/Dialects/", "Sources/Importing/Systems/"]
        for file in try SourceTree("Sources").files where !homes.contains(where: { file.path.hasPrefix($0) }) {
            for (number, line) in file.lines.enumerated() {
                #expect(!line.lowercased().contains(word), "\(file.path):\(number + 1) says \(word)")
            }
        }
    }

    @Test("unsafe promises are explained")
    func unsafeCodeSaysWhy() throws {
        for file in try SourceTree("Sources").files {
            let promises = file.lines.filter {
                $0.contains("@unchecked Sendable") || $0.contains("nonisolated(unsafe)")
            }
            guard !promises.isEmpty else { continue }
            let reasons = file.lines.filter { $0.contains("SAFETY:") }
            #expect(reasons.count >= 1, "\(file.path) has \(promises.count) unsafe promises and no SAFETY: sentence")
        }
    }

    @Test("files stay readable: median at most 100 lines, nine of ten at most 300, none above 500")
    func filesStaySmall() throws {
        let sizes = try SourceTree("Sources").files.map { ($0.lines.count, $0.path) }.sorted { $0.0 < $1.0 }
        #expect(sizes.count > 20)
        #expect(sizes[sizes.count / 2].0 <= 100)
        #expect(sizes[sizes.count * 9 / 10].0 <= 300)
        for (count, path) in sizes { #expect(count <= 500, "\(path) has \(count) lines") }
    }

    @Test("nobody changes the audit log, and one function alone writes it")
    func auditLogIsAppendOnly() throws {
        let writing = ["insert", "update", "replace", "delete", "findOneAnd", "bulk"]
        var writers: [String] = []
        for file in try SourceTree("Sources").files(in: "Roadside") {
            for line in file.lines where line.contains("auditLog") || line.contains("AuditLog.collection") {
                if writing.contains(where: line.contains) { writers.append("\(file.path): \(line)") }
            }
            let isNamed = file.lines.contains { $0.contains("\"audit_log\"") }
            let isAllowed = [
                "AuditLog.swift", "M0021KeepAudit.swift", "M0024IndexAdministration.swift",
                "Administration+Export.swift",
            ].contains {
                file.path.hasSuffix($0)
            }
            #expect(!isNamed || isAllowed, "\(file.path) names the audit log")
        }
        #expect(writers.count == 1, "\(writers)")
    }

    @Test("nothing unfinished is shipped, and nothing sleeps in a test")
    func nothingIsUnfinished() throws {
        let marks = ["TO" + "DO", "FIX" + "ME", "try" + "!", "as" + "! "]
        for file in try SourceTree("Sources").files + SourceTree("Tests").files {
            for (number, line) in file.lines.enumerated() {
                for mark in marks { #expect(!line.contains(mark), "\(file.path):\(number + 1) contains \(mark)") }
                if file.path.hasPrefix("Tests/") {
                    #expect(!line.contains("Task" + ".sleep"), "\(file.path):\(number + 1) sleeps")
                }
            }
        }
    }
}
