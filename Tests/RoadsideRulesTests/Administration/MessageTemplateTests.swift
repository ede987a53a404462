import RoadsideRules
import Testing

@Suite("Messages with holes")
struct MessageTemplateTests {
    private func faults(_ code: String, _ values: [String: TemplateValue]) throws -> [String] {
        let template = try #require(MessageTemplate.named(code))
        do throws(TemplateFaults) {
            _ = try template.filled(with: values)
            return []
        } catch {
            return error.faults.map(\.name)
        }
    }

    @Test("values fill their holes, and nothing else")
    func filled() throws {
        let template = try #require(MessageTemplate.named("promotion"))
        let message = try template.filled(
            with: ["percent": .number(15), "code": .text(" {until} "), "until": .text("2027-03-31"), "x": .other])
        #expect(message.title == "15 % off your next service")
        #expect(message.text == "With the code {until} your next service costs 15 % less, until 2027-03-31.")
    }

    @Test("what is missing or of another kind is named, all at once")
    func wrong() throws {
        #expect(try faults("promotion", [:]) == ["percent", "code", "until"])
        #expect(
            try faults("promotion", ["percent": .text("15"), "code": .number(1), "until": .text("2027-02-30")])
                == ["percent", "code", "until"])
        for percent in [0, 101, -1] as [Int64] {
            #expect(
                try faults(
                    "promotion", ["percent": .number(percent), "code": .text("A"), "until": .text("2027-03-31")]) == [
                        "percent"
                    ])
        }
        for time in ["24:00", "12:60", "1:00", "12-00", "１２:00", "+1:00"] {
            #expect(
                try faults("busy_area", ["area": .text("Westlands"), "until": .text(time)]) == ["until"], "\(time)")
        }
        for title in ["", "   ", "a\nb", "a\u{202E}b", "a\u{0}b", String(repeating: "a", count: 101)] {
            #expect(try faults("notice", ["title": .text(title), "text": .text("ok")]) == ["title"], "\(title)")
        }
        #expect(try faults("notice", ["title": .text("ok"), "text": .text("two\nlines")]).isEmpty)
    }

    @Test("every hole of every template has a parameter and every parameter a hole")
    func whole() {
        #expect(Set(MessageTemplate.all.map(\.code)).count == MessageTemplate.all.count)
        for template in MessageTemplate.all {
            let pattern = template.title + " " + template.text
            let holes = pattern.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap {
                $0.split(separator: "}").first
            }
            #expect(Set(holes.map(String.init)) == Set(template.parameters.map(\.name)), "\(template.code)")
        }
    }
}
