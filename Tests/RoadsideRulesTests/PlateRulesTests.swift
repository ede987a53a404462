import RoadsideRules
import Testing

@Suite("What stands on a plate")
struct PlateRulesTests {
    @Test(
        "one spelling for one plate, and nothing that is none",
        arguments: [
            ("kca 123b", "KCA123B"), ("UG-1", "UG-1"), ("A1", "A1"), ("A", nil), ("", nil), ("KCA$1", nil),
            ("ABCDEFGHIJKL", "ABCDEFGHIJKL"), ("ABCDEFGHIJKLM", nil), ("KÄA1", nil), ("KA\u{202E}1", nil),
        ] as [(String, String?)])
    func plates(text: String, plate: String?) {
        #expect(PlateRules.plate(text) == plate)
    }
}
