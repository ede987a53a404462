import BSON
import Testing

@testable import Faults

@Suite("What clients have heard, held against the rows")
struct TallyTests {
    private static let there: [String: Set<Int64>] = ["ann": [1, 2, 3], "ben": [1]]

    private static func tally(
        _ seqs: [Int64], resets: Int = 0, marks: Set<Int> = [7], status: Int? = 201
    ) -> Verdict {
        let push = Pusher.Push(mark: 7, recipient: 0, due: 0, answeredAt: 1, status: status)
        let heard = [
            Tally.Heard(person: "ann", seqs: seqs, resets: resets), Tally.Heard(person: "ben", seqs: [1], resets: 0),
        ]
        var verdict = Verdict("0", "a test")
        verdict.expectWhole(Tally(heard, against: there, marks: marks, pushes: [push]))
        return verdict
    }

    @Test("everything once and in order is a whole")
    func whole() {
        let json = Self.tally([1, 2, 3]).json
        #expect(json["ok"] == true)
        #expect(json["broken"] == nil)
        #expect(json["rows"] == 4)
    }

    @Test(
        "each damage is seen, and named",
        arguments: [
            ([1, 3], "lost"), ([1, 2, 2, 3], "duplicates"), ([2, 1, 3], "reordered"), ([1, 2, 3, 4], "strangers"),
        ] as [([Int64], String)])
    func damage(seqs: [Int64], name: String) {
        let verdict = Self.tally(seqs)
        #expect(!verdict.isOK)
        #expect(verdict.json["broken"] == [.string(name)])
        #expect(verdict.json[name] == 1)
    }

    @Test("so are a reset, and an answer whose row is gone")
    func others() {
        #expect(Self.tally([1, 2, 3], resets: 1).json["broken"] == ["resets"])
        #expect(Self.tally([1, 2, 3], marks: []).json["broken"] == ["acknowledged_and_gone"])
        #expect(Self.tally([1, 2, 3], marks: [], status: nil).isOK, "nobody was promised that row")
    }
}
