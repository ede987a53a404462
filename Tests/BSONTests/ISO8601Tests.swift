import BSON
import FoundationEssentials
import Testing

@Suite("ISO 8601")
struct ISO8601Tests {
    @Test(
        "known moments",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_766_493_296_789, "2025-12-23T12:34:56.789Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
            (1_735_603_200_000, "2024-12-31T00:00:00.000Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func known(milliseconds: Int64, text: String) {
        let date = Date(millisecondsSince1970: milliseconds)
        #expect(ISO8601.milliseconds(date) == text)
        #expect(ISO8601.seconds(date) == text.prefix(19) + "Z")
        #expect(ISO8601.parse(text) == date)
    }

    @Test("every day of eight centuries comes back")
    func everyDay() {
        var previous = ""
        for day in Int64(-140_000)..<152_000 {
            let date = Date(millisecondsSince1970: day * 86_400_000 + 1)
            let text = ISO8601.milliseconds(date)
            if ISO8601.parse(text) != date || text <= previous { Issue.record("\(text)") }
            previous = text
        }
    }

    @Test(
        "other spellings of a moment",
        arguments: [
            "2025-12-23T12:34:56Z", "2025-12-23t12:34:56z", "2025-12-23 12:34:56Z", "2025-12-23T12:34:56.0Z",
            "2025-12-23T15:34:56+03:00", "2025-12-23T07:04:56-05:30", "2025-12-23T12:34:56.000999Z",
            "2025-12-23T12:34:56-00:00",
            "2025-12-24T00:04:56.00+11:30",
        ])
    func spellings(text: String) { #expect(ISO8601.parse(text) == Date(timeIntervalSince1970: 1_766_493_296)) }

    @Test("a fraction is cut after milliseconds")
    func fraction() {
        #expect(ISO8601.parse("1970-01-01T00:00:00.5Z")?.millisecondsSince1970 == 500)
        #expect(ISO8601.parse("1970-01-01T00:00:00.07Z")?.millisecondsSince1970 == 70)
        #expect(ISO8601.parse("1970-01-01T00:00:00.123456789Z")?.millisecondsSince1970 == 123)
    }

    @Test(
        "texts that name no moment",
        arguments: [
            "", "2025", "2025-12-23", "2025-12-23T12:34Z", "2025-12-23T12:34:56", "2025-12-23T12:34:56.Z",
            "2025-13-01T00:00:00Z",
            "2025-00-01T00:00:00Z", "2025-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2025-04-31T00:00:00Z",
            "2025-04-00T00:00:00Z",
            "2025-12-23T24:00:00Z", "2025-12-23T12:60:00Z", "2025-12-23T12:34:60Z", "2025-12-23T12:34:56+24:00",
            "2025-12-23T12:34:56+0300", "2025-12-23T12:34:56+03", "2025-12-23T12:34:56Z ", " 2025-12-23T12:34:56Z",
            "25-12-23T12:34:56Z", "2025-12-23T12:34:56,5Z", "-2025-12-23T12:34:56Z", "2025/12/23T12:34:56Z",
        ])
    func refused(text: String) { #expect(ISO8601.parse(text) == nil) }

    @Test("the earliest and the latest storable moments are written without a crash")
    func extremes() {
        let document: Document = [
            "a": .date(Date(timeIntervalSince1970: -.infinity)), "b": .date(Date(timeIntervalSince1970: .infinity)),
        ]
        #expect(JSON(document).text == #"{"a":"-292275055-05-16T16:47:04.192Z","b":"292278994-08-17T07:12:55.807Z"}"#)
    }
}
