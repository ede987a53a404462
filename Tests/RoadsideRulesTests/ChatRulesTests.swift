import FoundationEssentials
import RoadsideRules
import Testing

@Suite("What the sides of a job may write, and when")
struct ChatRulesTests {
    @Test(
        "from acceptance until an hour after the end",
        arguments: [
            (false, nil, .notTaken), (false, 0, .notTaken), (true, nil, nil), (true, 0, nil), (true, 3600, nil),
            (true, 3600.001, .over),
        ] as [(Bool, Double?, ChatRules.Problem?)])
    func window(isHeld: Bool, secondsAgo: Double?, problem: ChatRules.Problem?) {
        let now = JobCast.now
        let endedAt = secondsAgo.map { now.addingTimeInterval(-$0) }
        #expect(ChatRules.problem(isHeld: isHeld, endedAt: endedAt, now: now) == problem)
    }

    @Test(
        "4096 bytes and not characters, without controls, trimmed",
        arguments: [
            ("  Hi \n", "Hi"), ("a\nb\tc", "a\nb\tc"), (" \n ", nil), ("", nil), ("a\u{0}b", nil), ("a\u{1B}[2J", nil),
            (String(repeating: "a", count: 4096), String(repeating: "a", count: 4096)),
            (String(repeating: "a", count: 4097), nil),
            (String(repeating: "ß", count: 2048), String(repeating: "ß", count: 2048)),
            (String(repeating: "ß", count: 2049), nil),
        ] as [(String, String?)])
    func texts(text: String, kept: String?) {
        #expect(ChatRules.text(text) == kept)
    }
}
