import Testing

@testable import Roadside

@Suite("A table that many threads change")
struct StripedTableTests {
    @Test("loses no change, whoever makes one at the same time")
    func counts() async {
        let table = StripedTable<Int, Int>(limit: 1024)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for key in 0..<1000 { table.update(key % 10) { $0 = ($0 ?? 0) + 1 } } }
            }
        }
        #expect((0..<10).allSatisfy { table.value(for: $0) == 800 })
        table.update(3) { $0 = nil }
        #expect(table.value(for: 3) == nil && table.count == 9)
    }

    @Test("never grows beyond twice its limit, and keeps what is asked for")
    func bounded() {
        let table = StripedTable<Int, Int>(limit: 160)
        for key in 0..<10_000 {
            table.update(key) { $0 = key }
            table.update(-1) { $0 = ($0 ?? 0) + 1 }
        }
        #expect(table.count <= 320)
        #expect(table.value(for: -1) == 10_000)
    }
}
