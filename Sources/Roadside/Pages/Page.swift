/// One slice of a list: numbered pages for those who count, a cursor for those who scroll.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    /// 1-based; 1 when the slice was asked for by cursor.
    public let page: Int
    public let perPage: Int
    public let total: Int
    /// Number of pages of `perPage` items; 0 for an empty list.
    public let pages: Int
    /// Opaque; nil on the last slice.
    public let nextCursor: String?

    public init(items: [Item], page: Int, perPage: Int, total: Int, nextCursor: String?) {
        self.items = items
        self.page = page
        self.perPage = perPage
        self.total = total
        self.pages = (total + perPage - 1) / perPage
        self.nextCursor = nextCursor
    }

    public func map<Other: Sendable>(_ transform: (Item) -> Other) -> Page<Other> {
        Page<Other>(items: items.map(transform), page: page, perPage: perPage, total: total, nextCursor: nextCursor)
    }

    /// The same slice with other items, such as views of those read.
    func replacing<Other>(_ items: [Other]) -> Page<Other> {
        Page<Other>(items: items, page: page, perPage: perPage, total: total, nextCursor: nextCursor)
    }
}
