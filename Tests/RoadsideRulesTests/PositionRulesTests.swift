import FoundationEssentials
import RoadsideRules
import Testing

@Suite("Which positions are believed")
struct PositionRulesTests {
    private static let start = Date(timeIntervalSince1970: 1_760_000_000)

    /// So many metres north and east of Nairobi, so many seconds after the start.
    private func fix(north: Double = 0, east: Double = 0, _ seconds: Double, accuracy: Double? = nil) throws -> Fix {
        let degree = GeoPoint.earthRadiusMetres * .pi / 180
        let point = try #require(
            GeoPoint(latitude: -1.2921 + north / degree, longitude: 36.8219 + east / (degree * 0.99975)))
        return Fix(point: point, at: Self.start.addingTimeInterval(seconds), accuracy: accuracy)
    }

    @Test("the first is believed wherever it is")
    func first() throws {
        let fix = try fix(0)
        #expect(PositionRules.judge(fix, after: nil, doubted: nil) == .believed(fix))
    }

    @Test(
        "T4: what is not newer is outdated, what nobody can reach is doubted",
        arguments: [
            (10.0, 700.0, true), (10, 799, true), (10, 801, false), (60, 4000, true), (60, 40_000, false),
            (0.001, 160, true), (0.001, 180, false),
        ] as [(Double, Double, Bool)])
    func reach(seconds: Double, metres: Double, isBelieved: Bool) throws {
        let last = try fix(0)
        let verdict = PositionRules.judge(try fix(north: metres, seconds), after: last, doubted: nil)
        #expect((verdict == .doubted) == !isBelieved)
        #expect(PositionRules.judge(try fix(north: metres, 0), after: last, doubted: nil) == .outdated)
        #expect(PositionRules.judge(try fix(-1), after: last, doubted: nil) == .outdated)
    }

    @Test("T4: inaccurate readings may be further apart, but nobody is anywhere by knowing nothing")
    func accuracy() throws {
        let last = try fix(0, accuracy: 10)
        #expect(PositionRules.judge(try fix(north: 900, 10, accuracy: 180), after: last, doubted: nil) == .doubted)
        let near = PositionRules.judge(try fix(north: 900, 10, accuracy: 200), after: last, doubted: nil)
        #expect(near != .doubted && near != .suspect)
    }

    @Test("T4: made up, off by more than 200 metres, or faster than anybody: never believed, however many agree")
    func suspects() throws {
        let last = try fix(0)
        func verdict(_ change: (inout Fix) -> Void) throws -> PositionRules.Verdict {
            var (one, other) = (try fix(north: 50, 10), try fix(north: 55, 11))
            change(&one)
            change(&other)
            #expect(PositionRules.judge(one, after: nil, doubted: nil) == .suspect)
            return PositionRules.judge(other, after: last, doubted: one)
        }
        let verdicts = try [
            verdict { $0.isMock = true }, verdict { $0.accuracy = 201 }, verdict { $0.speed = 71 },
        ]
        #expect(verdicts == [.suspect, .suspect, .suspect])
    }

    @Test("a second reading at the new place is believed, one elsewhere is not")
    func confirmation() throws {
        let last = try fix(0)
        let jump = try fix(north: 50_000, 10)
        #expect(PositionRules.judge(jump, after: last, doubted: nil) == .doubted)
        #expect(PositionRules.judge(try fix(north: 50_100, 20), after: last, doubted: jump) != .doubted)
        #expect(PositionRules.judge(try fix(north: 90_000, 20), after: last, doubted: jump) == .doubted)
        #expect(PositionRules.judge(jump, after: last, doubted: jump) == .doubted, "the same again confirms nothing")
    }

    @Test(
        "news is what is five metres away or ten seconds younger, and nothing that is not younger",
        arguments: [
            (1.0, 5.1, true), (1, 4.9, false), (9.9, 0, false), (10, 0, true), (0, 500, false), (-1, 500, false),
        ] as [(Double, Double, Bool)])
    func news(seconds: Double, metres: Double, isNews: Bool) throws {
        #expect(PositionRules.isNews(try fix(north: metres, seconds), after: try fix(0)) == isNews)
        #expect(PositionRules.isNews(try fix(north: metres, seconds), after: nil))
    }

    @Test("heading and speed come from the way, where the receiver has none")
    func derived() throws {
        let last = try fix(0)
        guard case .believed(let east) = PositionRules.judge(try fix(east: 100, 10), after: last, doubted: nil) else {
            Issue.record("a hundred metres in ten seconds are believed")
            return
        }
        #expect(abs((east.heading ?? 0) - 90) < 0.5 && abs((east.speed ?? 0) - 10) < 0.1)
        var own = try fix(east: 100, 10)
        (own.heading, own.speed) = (5, 1)
        #expect(PositionRules.judge(own, after: last, doubted: nil) == .believed(own))
        let still = try fix(east: 3, 10)
        #expect(PositionRules.judge(still, after: last, doubted: nil) == .believed(still), "no way to speak of")
        let later = try fix(east: 100, 121)
        #expect(
            PositionRules.judge(later, after: last, doubted: nil) == .believed(later), "he may have driven anywhere")
    }

    @Test(
        "directions, clockwise from north",
        arguments: [
            (1.0, 0.0, 0.0), (1, 1, 45), (0, 1, 90), (-1, 1, 135), (-1, 0, 180), (-1, -1, 225), (0, -1, 270),
            (1, -1, 315), (0, 0, 0),
        ] as [(Double, Double, Double)])
    func bearings(north: Double, east: Double, degrees: Double) throws {
        let here = try fix(0).point
        let there = try fix(north: north * 1000, east: east * 1000, 0).point
        #expect(abs(here.bearing(to: there) - degrees) < 0.1)
    }

    @Test("zero, zero is no place")
    func nowhere() throws {
        #expect(PositionRules.isNowhere(try #require(GeoPoint(latitude: 0, longitude: 0))))
        #expect(PositionRules.isNowhere(try #require(GeoPoint(latitude: 0.009, longitude: -0.009))))
        #expect(!PositionRules.isNowhere(try #require(GeoPoint(latitude: 0, longitude: 36.8))))
    }
}
