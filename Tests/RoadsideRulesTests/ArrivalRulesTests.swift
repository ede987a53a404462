import FoundationEssentials
import RoadsideRules
import Testing

@Suite("Whether a provider can be at the scene")
struct ArrivalRulesTests {
    private static let acceptance = Date(timeIntervalSince1970: 1_760_000_000)
    private static let degree = GeoPoint.earthRadiusMetres * .pi / 180

    /// - Parameters:
    ///   - metres: north of the pickup.
    ///   - seconds: after the acceptance; he says that he is there a hundred seconds after it.
    /// - Returns: whether he cannot be there.
    private func isAway(
        _ metres: Double, _ seconds: Double, accuracy: Double? = 10, nearest: Double? = nil
    ) throws -> Bool {
        let pickup = try #require(GeoPoint(latitude: -1.2921, longitude: 36.8219))
        let point = try #require(GeoPoint(latitude: -1.2921 + metres / Self.degree, longitude: 36.8219))
        let fix = Fix(point: point, at: Self.acceptance.addingTimeInterval(seconds), accuracy: accuracy)
        let away = ArrivalRules.metresAway(
            fix, nearest: nearest, from: pickup, since: Self.acceptance, now: Self.acceptance.addingTimeInterval(100))
        if let away { #expect(abs(away - metres) < 1) }
        return away != nil
    }

    @Test("T4: five kilometres away a moment ago is not here; long enough ago it may be")
    func away() throws {
        #expect(try isAway(5000, 100))
        #expect(try !isAway(5000, 20), "eighty seconds at the fastest there is")
        #expect(try !isAway(5700, 20) && isAway(5800, 20))
    }

    @Test("T4: a hundred and fifty metres and what the reading may be off are near enough")
    func near() throws {
        #expect(try !isAway(159, 100) && isAway(161, 100))
        #expect(try !isAway(340, 100, accuracy: 190))
        #expect(try !isAway(199, 100, accuracy: nil) && isAway(201, 100, accuracy: nil))
        #expect(try isAway(5000, 100, accuracy: 90_000), "knowing nothing is no excuse")
    }

    @Test("T4: a position of before the job says nothing, and one who has none is believed")
    func before() throws {
        #expect(try !isAway(20_000, -1) && isAway(20_000, 0))
        let pickup = try #require(GeoPoint(latitude: -1.2921, longitude: 36.8219))
        #expect(
            ArrivalRules.metresAway(nil, nearest: nil, from: pickup, since: Self.acceptance, now: Self.acceptance)
                == nil)
    }

    @Test("T4: who has been there may have driven on")
    func through() throws {
        #expect(try !isAway(20_000, 100, nearest: 120) && isAway(20_000, 100, nearest: 1200))
    }

    @Test("T4: who is elsewhere arrives neither at once nor on a walk; staff, and the code, bring him there")
    func decided() {
        let far = JobCast.facts(.enRoute) { $0.metresAway = 5000 }
        let accepted = JobCast.facts(.accepted) { $0.metresAway = 5000 }
        #expect(JobCast.short(JobCast.decide(far, .arrive, by: "holder")) == "FAR")
        #expect(JobCast.short(JobCast.decide(far, .advance(to: .completed), by: "holder")) == "FAR")
        #expect(JobCast.short(JobCast.decide(accepted, .advance(to: .inProgress), by: "holder")) == "E/FAR")
        #expect(JobCast.short(JobCast.decide(far, .start(.verified), by: "holder")) == "RI")
        for name in ["dispatcher", "admin", "system"] {
            #expect(JobCast.short(JobCast.decide(far, .arrive, by: name)) == "R")
        }
    }
}
