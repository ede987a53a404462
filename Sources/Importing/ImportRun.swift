import BSON
import Roadside
import RoadsideRules

/// One run: reads rows here, and has at most two batches written meanwhile.
final class ImportRun {
    private let plan: Import
    private let tables: Tables
    private let rehearsal: Rehearsal?
    private(set) var report = ImportReport()
    private var batches = 0

    init(_ plan: Import, _ tables: Tables) {
        self.plan = plan
        self.tables = tables
        rehearsal = plan.options.isRehearsal ? Rehearsal() : nil
    }

    /// Opens every table once, so that what cannot be read is told before anything is written.
    func check() async throws {
        let map = plan.map
        for people in map.people where try await tables.table(people.table) == nil {
            throw ImportFault("there is no table \(people.table)")
        }
        let others = Set(map.people.flatMap(\.details).map(\.table) + [map.jobs.table] + [map.reviews?.table ?? ""])
        for name in others.subtracting([""]).sorted() where try await tables.table(name) == nil {
            report.missing.append(name)
        }
    }

    /// The people of one table, each with the rows that complete him.
    func bring(_ people: PeopleMap) async throws {
        guard !report.isCut, let table = try await tables.table(people.table) else { return }
        var indexes: [(detail: Detail, index: RowIndex)] = []
        for detail in people.details {
            guard let other = try await tables.table(detail.table) else { continue }
            indexes.append((detail, try await RowIndex(other, by: detail.key)))
        }
        let reader = PersonReader(
            map: people, system: plan.map.system, options: plan.options, canVerify: plan.arrivals.canVerify,
            hasReviews: plan.map.reviews.map { !report.missing.contains($0.table) } ?? false)
        try await move(table, as: people.table) { row in
            var rows = Rows(row)
            for (detail, index) in indexes {
                guard let key = try? rows.key(detail.of), let more = try await index.row(key) else { continue }
                rows.add(more, of: detail.table)
            }
            return try reader.person(rows)
        } write: { [arrivals = plan.arrivals, rehearsal] batch throws(RoadsideError) in
            try await arrivals.admit(batch, rehearsal: rehearsal)
        }
        guard !report.isCut else { return }
        for (detail, index) in indexes { tellUnused(index, of: detail.table, in: people.table) }
    }

    func bringJobs() async throws {
        let map = plan.map.jobs
        guard !report.isCut, let table = try await tables.table(map.table) else { return }
        var index: RowIndex?
        if let via = map.provider.via, let other = try await tables.table(via.table) {
            index = try await RowIndex(other, by: via.id)
        }
        let reader = JobReader(map: map, system: plan.map.system, options: plan.options)
        try await move(table, as: map.table) { row in
            let rows = Rows(row)
            return (try reader.job(rows, provider: try await Self.provider(rows, map.provider, index)), nil)
        } write: { [arrivals = plan.arrivals, rehearsal] batch throws(RoadsideError) in
            try await arrivals.record(batch, rehearsal: rehearsal)
        }
    }

    func bring(_ reviews: ReviewMap) async throws {
        guard !report.isCut, let table = try await tables.table(reviews.table) else { return }
        let system = plan.map.system.rawValue
        let jobs = plan.map.jobs.table
        try await move(table, as: reviews.table) { row in
            let rows = Rows(row)
            guard let stars = try rows.whole(reviews.stars) else { throw RowFault(reviews.stars, "this is missing") }
            let review = PastReview(
                origin: Origin(system: system, table: reviews.table, id: try rows.key(reviews.id)),
                job: Origin(system: system, table: jobs, id: try rows.key(reviews.job)).objectID, stars: stars,
                comment: try rows.text(reviews.comment) ?? "", createdAt: try rows.date(reviews.createdAt))
            return (review, nil)
        } write: { [arrivals = plan.arrivals, rehearsal] batch throws(RoadsideError) in
            try await arrivals.record(batch, rehearsal: rehearsal)
        }
    }

    /// The id of a job's provider in his table.
    private static func provider(_ rows: Rows, _ link: Link, _ index: RowIndex?) async throws -> String? {
        guard let key = try? rows.key(link.field) else { return nil }
        guard let via = link.via else { return key }
        if let row = try await index?.row(key) { return try Rows(row).key(via.person) }
        if via.isOnly { throw RowFault(link.field, "there is no such row in \(via.table)") }
        return key
    }
}

// Moving rows.
extension ImportRun {
    /// What was read of a row that can be brought in.
    private struct Item<Value: Sendable>: Sendable {
        let value: Value
        let place: RowPlace
        let note: String?
    }

    private typealias Answer<Value: Sendable> = (items: [Item<Value>], outcomes: [Arrivals.Outcome])

    private func move<Value: Sendable>(
        _ table: any Table, as name: String, read: (Row) async throws -> (Value, String?),
        write: @escaping @Sendable ([Value]) async throws(RoadsideError) -> [Arrivals.Outcome]
    ) async throws {
        var told = TableReport(table: name)
        defer { report.tables.append(told) }
        plan.progress(SeedProgress(what: name, done: 0, total: table.estimate))
        // Two at once: while one waits for the disk the other is being checked. A rehearsal has to see them in order.
        let writers = rehearsal == nil ? 2 : 1
        try await withThrowingTaskGroup(of: Answer<Value>.self) { group in
            var running = 0
            while let items = try await batch(of: table, &told, read) {
                if let most = plan.options.mostBatches, batches >= most {
                    report.isCut = true
                    break
                }
                batches += 1
                if running == writers, let answer = try await group.next() {
                    tell(answer, of: table, &told)
                    running -= 1
                }
                group.addTask { (items, try await write(items.map(\.value))) }
                running += 1
            }
            for try await answer in group { tell(answer, of: table, &told) }
        }
    }

    /// The next rows that can be brought in; nil at the end.
    private func batch<Value>(
        of table: any Table, _ told: inout TableReport, _ read: (Row) async throws -> (Value, String?)
    ) async throws -> [Item<Value>]? {
        var items: [Item<Value>] = []
        while items.count < Arrivals.batch {
            guard let found = try await table.next() else { return items.isEmpty ? nil : items }
            switch found {
            case .bad(let place, let reason): reject(place, of: table.title, reason, &told)
            case .row(let row):
                do {
                    let (value, note) = try await read(row)
                    items.append(Item(value: value, place: row.place, note: note))
                } catch let fault as RowFault {
                    reject(row.place, of: table.title, fault.reason, &told)
                }
            }
        }
        return items
    }

    private func tell<Value>(_ answer: Answer<Value>, of table: any Table, _ told: inout TableReport) {
        for (item, outcome) in zip(answer.items, answer.outcomes) {
            switch outcome {
            case .known: told.known += 1
            case .refused(let reason): reject(item.place, of: table.title, reason, &told)
            case .new:
                told.new += 1
                guard let note = item.note else { continue }
                told.incomplete += 1
                plan.rejected(
                    RejectedRow(file: table.title, line: item.place.line, reason: note, isImported: true))
            }
        }
        plan.progress(
            SeedProgress(what: told.table, done: told.read, total: max(table.estimate, told.read)))
    }

    private func reject(_ place: RowPlace, of file: String, _ reason: String, _ told: inout TableReport) {
        told.rejected += 1
        plan.rejected(RejectedRow(file: file, line: place.line, reason: reason, isImported: false))
    }

    /// Rows that complete nobody.
    private func tellUnused(_ index: RowIndex, of table: String, in people: String) {
        var told = TableReport(table: table)
        for (place, reason) in index.bad { reject(place, of: index.table.title, reason, &told) }
        for place in index.unused {
            reject(place, of: index.table.title, "there is nobody in \(people) for it, or another row before it", &told)
        }
        report.tables.append(told)
    }
}
