/// Which slice of a list is wanted.
///
/// Sizes are clamped to 1 … 100 and pages to 1 … 10 000 here, so no caller can ask the database for everything
/// or for a skip that costs more than the answer is worth.
public struct PageRequest: Sendable, Hashable {
    public let page: Int
    public let perPage: Int
    /// The `nextCursor` of an earlier slice; when present, `page` is ignored.
    public let cursor: String?

    public static let defaultSize = 25
    static let sizes = 1...100
    static let pages = 1...10_000

    private init(page: Int, perPage: Int, cursor: String?) {
        self.page = min(max(page, Self.pages.lowerBound), Self.pages.upperBound)
        self.perPage = min(max(perPage, Self.sizes.lowerBound), Self.sizes.upperBound)
        self.cursor = cursor
    }

    public static func page(_ number: Int, perPage: Int = defaultSize) -> Self {
        Self(page: number, perPage: perPage, cursor: nil)
    }

    public static func after(_ cursor: String?, limit: Int = defaultSize) -> Self {
        Self(page: 1, perPage: limit, cursor: cursor)
    }

    var skip: Int { cursor == nil ? (page - 1) * perPage : 0 }
}
