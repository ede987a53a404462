import BSON
import FoundationEssentials
import Logging
import Mongo
import RoadsideRules

extension Catalog {
    /// Reads the newest installed version of every file.
    ///
    /// - Returns: false when the database has none, or not of every file.
    /// - Throws: when the database cannot be asked, or what it holds cannot be read by this version of the program.
    @discardableResult
    public func load() async throws(RoadsideError) -> Bool {
        let installed = try await store.transaction { transaction in
            // One transaction, so that two files always fit each other.
            try Self.installed { file in
                try transaction.reference(file).find(
                    ["key": .string(file.rawValue)], sort: ["version": -1], limit: 1)
            }
        }
        guard installed.count == ReferenceFile.allCases.count else { return false }
        do {
            dependencies.reference.put(try ReferenceData { installed[$0]?.content ?? [:] })
        } catch {
            throw RoadsideError(
                .internalError,
                "The installed reference data cannot be read; run `fixoncall migrate` of this version.",
                underlying: error.description)
        }
        return true
    }

    /// What is installed of each file.
    public func status() async throws(RoadsideError) -> [ReferenceStatus] {
        var all: [ReferenceStatus] = []
        for file in ReferenceFile.allCases {
            let newest = try await store.database { () async throws(MongoError) in
                try await store.reference(file).findOne(["key": .string(file.rawValue)], sort: ["version": -1])
            }
            all.append(
                ReferenceStatus(file: file, version: newest?.get("version"), installedAt: newest?.get("installed_at")))
        }
        return all
    }

    /// Looks for newer data until the task is cancelled. A look that fails is logged, and the snapshot stays.
    public func follow() async {
        let alarm = Wakeup()
        while !Task.isCancelled {
            do {
                try await refresh()
            } catch {
                dependencies.logger.warning(
                    "The reference data could not be looked at", metadata: ["error": "\(error)"])
            }
            await alarm.wait(atMost: dependencies.settings.catalogRefresh)
        }
    }

    /// Loads what is newest. Profiles are looked at every time: another instance that had not heard of the news yet may
    /// have written one since.
    func refresh() async throws(RoadsideError) {
        guard try await load() else { return }
        try await deriveCapabilities()
    }

    /// The newest documents, by file.
    static func installed(
        _ newest: (ReferenceFile) throws -> [Document]
    ) throws -> [ReferenceFile: (version: Int64, content: JSON)] {
        var all: [ReferenceFile: (version: Int64, content: JSON)] = [:]
        for file in ReferenceFile.allCases {
            guard let document = try newest(file).first, let version: Int64 = document.get("version"),
                let content: Document = document.get("content")
            else { continue }
            all[file] = (version, try JSON.parse(JSON(content).bytes()))
        }
        return all
    }
}
