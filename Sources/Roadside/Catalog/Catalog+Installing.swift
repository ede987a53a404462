import BSON
import FoundationEssentials
import Mongo
import RoadsideRules

extension Catalog {
    /// Installs every file whose version is higher than what the database has, all of them or none, and derives the
    /// capabilities of existing profiles anew. Old versions are kept. Safe to run again, and by several at once.
    ///
    /// - Parameter dryRun: changes nothing and tells what would be done.
    /// - Throws: `CONFLICT` when a file was changed without its version being raised.
    @discardableResult
    public func install(_ folder: ReferenceFolder, dryRun: Bool = false) async throws(RoadsideError) -> ReferenceReport
    {
        let now = dependencies.now()
        let entries = try await store.transaction { transaction in
            let installed = try Self.installed { file in
                try transaction.reference(file).find(
                    ["key": .string(file.rawValue)], sort: ["version": -1], limit: 1)
            }
            let entries = try Self.plan(folder, over: installed, isDryRun: dryRun)
            try Self.judge(entries, of: folder, over: installed)
            for entry in entries where entry.state == .installed {
                try transaction.reference(entry.file).insert(try Self.document(entry, of: folder, at: now))
                var (before, after) = (Document(), Document())
                before.append("version", ifPresent: installed[entry.file]?.version)
                after.append("version", .int64(entry.version))
                try transaction.audit(
                    AuditEvent(
                        action: .referenceInstalled, subject: AuditSubject(.reference, named: entry.file.name),
                        before: before, after: after),
                    by: AuditAuthor(.system), at: now)
            }
            return entries
        }
        guard !dryRun else { return ReferenceReport(entries: entries, profiles: 0) }
        guard try await load() else { throw .broken("reference data is gone after its installation") }
        return ReferenceReport(entries: entries, profiles: try await deriveCapabilities())
    }

    private static func plan(
        _ folder: ReferenceFolder, over installed: [ReferenceFile: (version: Int64, content: JSON)], isDryRun: Bool
    ) throws(RoadsideError) -> [ReferenceReport.Entry] {
        var changed: [String] = []
        let entries = ReferenceFile.allCases.map { file in
            let version = folder.version(of: file)
            func entry(_ state: ReferenceReport.State) -> ReferenceReport.Entry {
                .init(file: file, version: version, state: state)
            }
            guard let known = installed[file], version <= known.version else {
                return entry(isDryRun ? .pending : .installed)
            }
            if version < known.version { return entry(.older) }
            if folder.contents[file]?.inOrder != known.content.inOrder {
                changed.append(
                    "\(file.name) differs from the installed version \(version); raise its version to install it.")
            }
            return entry(.current)
        }
        guard changed.isEmpty else { throw RoadsideError(.conflict, changed.joined(separator: "\n")) }
        return entries
    }

    /// New files must fit those that stay, not only each other.
    private static func judge(
        _ entries: [ReferenceReport.Entry], of folder: ReferenceFolder,
        over installed: [ReferenceFile: (version: Int64, content: JSON)]
    ) throws(RoadsideError) {
        let kept = Set(entries.filter { $0.state == .older }.map(\.file))
        guard !kept.isEmpty, entries.contains(where: { $0.state == .installed || $0.state == .pending }) else { return }
        do {
            _ = try ReferenceData { kept.contains($0) ? installed[$0]?.content ?? [:] : folder.contents[$0] ?? [:] }
        } catch {
            throw RoadsideError(.conflict, "With the newer files that are installed, \(error)")
        }
    }

    private static func document(
        _ entry: ReferenceReport.Entry, of folder: ReferenceFolder, at now: Date
    ) throws -> Document {
        [
            "_id": .id(ObjectID()), "key": .string(entry.file.rawValue), "version": .int64(entry.version),
            "effective_from": .date(now), "installed_at": .date(now),
            "content": .document(try Document(folder.contents[entry.file] ?? [:])),
        ]
    }
}

extension JSON {
    /// With the members of every object by name: two files that only differ in their order say the same.
    fileprivate var inOrder: JSON {
        switch self {
        case .object(let members):
            .object(members.map { Member($0.name, $0.value.inOrder) }.sorted { $0.name < $1.name })
        case .array(let items): .array(items.map(\.inOrder))
        default: self
        }
    }
}
