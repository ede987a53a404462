import BSON
import Foundation
public import Roadside
import RoadsideRules

/// Writes our people and the jobs that are over in the shapes of an old system: a file of JSON lines for each of its
/// tables, which ``Import`` takes as well.
public struct Export: Sendable {
    private let map: SystemMap
    private let departures: Departures
    private let withPasswordHashes: Bool

    /// - Parameter withPasswordHashes: writes what passwords are verified by. Whoever has the file can try passwords on it.
    public init(as system: OldSystem, of roadside: Roadside, withPasswordHashes: Bool = false) {
        map = SystemMap.of(system)
        departures = roadside.departures
        self.withPasswordHashes = withPasswordHashes
    }

    /// - Parameters:
    ///   - folder: made when it is not there; must be empty otherwise.
    ///   - progress: called after each page.
    /// - Returns: how many rows each table has.
    /// - Throws: ``ImportFault`` when the folder is no place for them; `RoadsideError`.
    public func run(
        to folder: String, progress: @Sendable (SeedProgress) -> Void = { _ in }
    ) async throws -> [(table: String, rows: Int)] {
        let files = try ExportFiles(folder)
        let writer = RowWriter(map: map, withPasswordHashes: withPasswordHashes)
        for people in map.people { try files.open([people.table] + people.details.map(\.table)) }
        try files.open([map.jobs.table] + [map.reviews?.table].compactMap(\.self))
        var last: ObjectID?
        var done = 0
        while true {
            let page = try await departures.people(after: last)
            guard let end = page.last else { break }
            for person in page {
                for (table, row) in writer.rows(of: person) { try files.write(row, to: table) }
            }
            (last, done) = (end.account.id, done + page.count)
            progress(SeedProgress(what: "people", done: done, total: done))
        }
        (last, done) = (nil, 0)
        while true {
            let page = try await departures.jobs(after: last)
            guard page.last != nil else { break }
            for job in page.jobs {
                for (table, row) in writer.rows(of: job) { try files.write(row, to: table) }
            }
            (last, done) = (page.last, done + page.jobs.count)
            progress(SeedProgress(what: "jobs", done: done, total: done))
        }
        return try files.close()
    }
}
