import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Installing reference data (decision 29)")
struct CatalogInstallTests {
    /// Documents of every file's collection, oldest version first.
    private func installed(_ world: JobsWorld, _ file: ReferenceFile) async throws -> [Document] {
        try await world.store.reference(file).find(["key": .string(file.rawValue)], sort: ["version": 1])
    }

    @Test("every file is a document with key, version and the times it was installed and takes effect")
    func documents() async throws {
        try await JobsWorld.with { world in
            for file in ReferenceFile.allCases {
                let documents = try await installed(world, file)
                #expect(documents.count == 1)
                let document = try #require(documents.first)
                #expect(document.get("version", as: Int64.self) != nil)
                #expect(document.get("installed_at", as: Date.self) != nil)
                #expect(document.get("effective_from", as: Date.self) != nil)
                #expect(document.value(at: ["content", "version"]) == document["version"])
            }
            #expect(ReferenceFile.serviceTypes.collection == "service_types")
            #expect(ReferenceFile.fuels.collection == "pricing_rules")
            let version = try #require(try await installed(world, .fuels).first?["version"])
            let twin = try await failure(as: MongoError.self) {
                try await world.store.reference(.fuels).insert(["key": "fuels", "version": version])
            }
            #expect(twin?.code == .duplicateKey)
        }
    }

    @Test("again changes nothing, even when members stand in another order")
    func again() async throws {
        try await JobsWorld.with { world in
            try await ReferenceDesk.with { desk in
                try desk.edit(
                    .fuels, "\"code\": \"petrol\", \"title\": \"Super petrol\"",
                    "\"title\": \"Super petrol\", \"code\": \"petrol\"")
                let report = try await world.catalog.install(try desk.folder())
                #expect(report.changes.isEmpty && report.lines.isEmpty)
                #expect(report.entries.count == ReferenceFile.allCases.count)
                #expect(report.entries.allSatisfy { $0.state == .current })
                #expect(try await installed(world, .fuels).count == 1)
            }
        }
    }

    @Test("a higher version is installed beside the old one, and is what counts")
    func raised() async throws {
        try await JobsWorld.with { world in
            try await ReferenceDesk.with { desk in
                try desk.setVersion(.fuels, 7)
                try desk.edit(.fuels, "Super petrol", "Plain petrol")
                let preview = try await world.catalog.install(try desk.folder(), dryRun: true)
                #expect(preview.lines == ["Pending: reference fuels version 7"])
                #expect(try await installed(world, .fuels).count == 1)

                let report = try await world.catalog.install(try desk.folder())
                #expect(report.lines.first == "Installed: reference fuels version 7")
                #expect(world.catalog.current.fuel("petrol")?.title == "Plain petrol")
                let kept = try await installed(world, .fuels)
                #expect(kept.count == 2)
                #expect(JSON(kept[0]).text.contains("Super petrol"))
                let status = try await world.catalog.status()
                #expect(status.first { $0.file == .fuels }?.version == 7)
            }
        }
    }

    @Test("a changed file under its old version is refused with the cure; nothing of the others is installed")
    func changed() async throws {
        try await JobsWorld.with { world in
            try await ReferenceDesk.with { desk in
                try desk.edit(.fuels, "Super petrol", "Plain petrol")
                try desk.edit(.vehicleClasses, "Heavy tow", "Big tow")
                try desk.add(ReferenceDesk.winching)
                let folder = try desk.folder()
                for dryRun in [true, false] {
                    let error = try await failure { try await world.catalog.install(folder, dryRun: dryRun) }
                    #expect(error?.code == .conflict)
                    #expect(error?.message.contains("fuels.json differs") == true)
                    #expect(error?.message.contains("vehicle-classes.json differs") == true)
                    #expect(error?.message.contains("raise its version") == true)
                }
                #expect(try await installed(world, .serviceTypes).count == 1)
                #expect(world.catalog["winching"] == nil)
            }
        }
    }

    @Test("a version below the installed one is left alone")
    func lower() async throws {
        try await JobsWorld.with { world in
            try await ReferenceDesk.with { desk in
                try desk.setVersion(.fuels, 9)
                try desk.edit(.fuels, "Super petrol", "Plain petrol")
                try await world.catalog.install(try desk.folder())
            }
            let report = try await world.catalog.install(try ReferenceFolder(contentsOf: JobsWorld.reference))
            #expect(report.entries.first { $0.file == .fuels }?.state == .older)
            #expect(report.lines.isEmpty)
            #expect(world.catalog.current.fuel("petrol")?.title == "Plain petrol")
        }
    }

    @Test("new files must fit the newer ones that stay")
    func misfit() async throws {
        try await JobsWorld.with { world in
            try await ReferenceDesk.with { desk in
                try desk.setVersion(.fuels, 9)
                try desk.edit(.fuels, "fuel_petrol", "winch_out")
                try await world.catalog.install(try desk.folder())
            }
            try await ReferenceDesk.with { desk in
                try desk.add(ReferenceDesk.winching)
                let folder = try desk.folder()
                let error = try await failure { try await world.catalog.install(folder) }
                #expect(error?.code == .conflict)
                #expect(error?.message.contains("fuels[0] (petrol) capability") == true)
                #expect(world.catalog["winching"] == nil)
            }
        }
    }

    @Test("a faulty folder is refused with every fault of every file")
    func faulty() throws {
        let desk = try ReferenceDesk()
        defer { desk.clear() }
        try desk.remove(.vehicleClasses)
        try desk.write(.fuels, "{ \"version\": 1, ")
        try desk.edit(.serviceTypes, "\"1200.00\"", "\"1200\"")
        do {
            _ = try desk.folder()
            Issue.record("nothing was found")
        } catch let faults as ReferenceFaults {
            let said = faults.description
            #expect(said.contains("vehicle-classes.json is not in "))
            #expect(said.contains("fuels.json is not JSON"))
            #expect(said.contains("service_types[3] (tyre_change) tariff.call_out must be an amount"))
        }
    }

    @Test("servers that start together install once")
    func together() async throws {
        try await withDatabase { dependencies in
            try await Migrations(dependencies).run()
            let folder = try ReferenceFolder(contentsOf: JobsWorld.reference)
            let results = await installations(4, dependencies, folder)
            let reports = results.compactMap(\.value)
            #expect(reports.count == 4)
            #expect(reports.filter { !$0.changes.isEmpty }.count == 1)
            #expect(try await dependencies.store.reference(.fuels).count() == 3)
            #expect(try await dependencies.store.reference(.serviceTypes).count() == 1)
        }
    }

    @Test("a database without reference data says so")
    func nothing() async throws {
        try await withDatabase { dependencies in
            let catalog = Catalog(dependencies)
            let isLoaded = try await catalog.load()
            let versions = try await catalog.status().map(\.version)
            #expect(!isLoaded && versions.allSatisfy { $0 == nil })
            #expect(catalog.serviceTypes().isEmpty)
        }
    }

    @Test("another server hears of an installation by itself")
    func follow() async throws {
        try await JobsWorld.with({ $0.catalogRefresh = .milliseconds(20) }) { world in
            let other = Dependencies(
                client: world.database.client, settings: world.dependencies.settings,
                secrets: world.dependencies.secrets, clock: { Date() }, logger: world.dependencies.logger)
            let catalog = Catalog(other)
            let following = Task { await catalog.follow() }
            defer { following.cancel() }
            try await eventually("the other server has loaded") { catalog["breakdown"] != nil }
            try await ReferenceDesk.with { desk in
                try desk.add(ReferenceDesk.winching)
                try await world.catalog.install(try desk.folder())
            }
            try await eventually("the other server has heard") { catalog["winching"] != nil }
        }
    }
}

private func installations(
    _ count: Int, _ dependencies: Dependencies, _ folder: ReferenceFolder
) async -> [Result<ReferenceReport, any Error>] {
    await together(count) { _ in
        let own = Dependencies(
            client: dependencies.store.client, settings: dependencies.settings, secrets: dependencies.secrets,
            clock: { Date() }, logger: dependencies.logger)
        return try await Catalog(own).install(folder)
    }
}
