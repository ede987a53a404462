import Testing

@testable import Roadside

@Suite("Slices of a list")
struct InboxPageTests {
    @Test("no caller asks for more than a hundred, or for page zero")
    func clamped() {
        #expect(PageRequest.page(0, perPage: 0) == .page(1, perPage: 1))
        #expect(PageRequest.page(-5, perPage: 1_000_000) == .page(1, perPage: 100))
        #expect(PageRequest.page(.max).page == 10_000)
        #expect(PageRequest.after("abc", limit: 10).skip == 0)
        #expect(PageRequest.page(3, perPage: 10).skip == 20)
    }

    @Test("pages are counted up, and an empty list has none", arguments: [(0, 0), (1, 1), (10, 1), (11, 2)])
    func counted(total: Int, pages: Int) {
        #expect(Page<Int>(items: [], page: 1, perPage: 10, total: total, nextCursor: nil).pages == pages)
    }

    @Test("a place in a list is read as it was written, and nothing else is one, not even the least number there is")
    func places() throws {
        let id = "65a50b2c9f1d4e0012345678"
        for time in ["0", "1705314600000", "-1", "\(1 << 50)", "-\(1 << 50)"] {
            #expect(TimeCursor("\(time).\(id)")?.text == "\(time).\(id)")
        }
        for text in [
            "\(Int64.min).\(id)", "\(Int64.max).\(id)", "9223372036854775808.\(id)", ".\(id)", id, "0.", "0.\(id).", "",
        ] {
            #expect(TimeCursor(text) == nil, "\(text)")
        }
    }
}
