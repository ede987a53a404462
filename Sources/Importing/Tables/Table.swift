import BSON

/// The rows of one table of an old system, in order, and one by one where they stand.
protocol Table: AnyObject {
    /// How reports call it: a file's name.
    var title: String { get }
    /// About how many rows there are.
    var estimate: Int { get }
    /// nil at the end.
    func next() async throws(ImportFault) -> Found?
    /// From the first row again.
    func rewind()
    /// A row that was found before.
    func row(at place: RowPlace) async throws(ImportFault) -> Row?
}

/// What stands at the next place.
enum Found {
    case row(Row)
    case bad(RowPlace, reason: String)
}

/// Where a row is.
struct RowPlace: Sendable, Hashable {
    /// From 1; of a database the position in the order of its ids.
    let line: Int
    /// In the file.
    var offset = 0
    /// In a database.
    var id: ObjectID?
}

/// One row: an object.
struct Row: Sendable {
    let place: RowPlace
    let values: JSON
}
