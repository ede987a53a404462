import Testing

@testable import Roadside

@Suite("Wording")
struct WordingTests {
    @Test(
        "Free text keeps its words and its lines and loses edges and control characters",
        arguments: [
            ("", ""), (" ", ""), ("\n", ""), ("a", "a"), ("Car will not start ~", "Car will not start ~"),
            ("one\ntwo  three", "one\ntwo  three"), ("  one ", "one"), ("one\n", "one"), ("\none", "one"),
            ("a\u{7}b", "ab"), ("a\tb", "ab"), ("a\u{7F}", "a"), ("a\r\nb", "a\nb"), ("\u{0}", ""),
            ("Māori ", "Māori"), ("\u{2003}é\u{85}è\u{A0}", "éè"),
            ("Barabara ya Mombasa – 3", "Barabara ya Mombasa – 3"),
        ])
    func clean(text: String, kept: String) {
        #expect(Wording.clean(text) == kept)
    }
}
