import BSON
import Foundation
import FoundationXML
import Simulation
import Testing

@Suite("Traces of calls become figures, a table and a plot")
struct FiguresTests {
    /// A call of the minute, in city seconds.
    private static func call(
        _ outcome: CallTrace.Outcome, at start: Double, accepted: Double? = nil, arrived: Double? = nil,
        by provider: Int? = nil
    ) -> CallTrace {
        var call = CallTrace()
        call.outcome = outcome
        call.requestedAt = start
        call.offeredAt = start + 1
        call.acceptedAt = accepted.map { start + $0 }
        call.arrivedAt = arrived.map { start + $0 }
        call.provider = provider
        call.pickupMetres = provider.map { Double($0 + 1) * 1000 }
        call.offers = 3
        return call
    }

    private static let figures = Figures(
        calls: [
            call(.completed, at: 0, accepted: 10, arrived: 130, by: 0),
            call(.completed, at: 60, accepted: 20, arrived: 320, by: 1),
            call(.completed, at: 120, accepted: 30, arrived: 630, by: 1),
            call(.expired, at: 180), call(.cancelled, at: 240, accepted: 40, by: 2),
        ], providers: 4, traffic: Figures.Traffic(), lateness: [0.5])

    @Test("times count from the request, shares from all calls, jobs from those that were completed")
    func figuresOfCalls() {
        let figures = Self.figures
        #expect(figures.timeToOffer.p50 == 1 && figures.timeToAccept.p50 == 20 && figures.timeToAccept.p90 == 40)
        // (130 + 320 + 630) / 3 and (120 + 300 + 600) / 3 seconds.
        #expect(figures.pickupTime.mean == 6 && abs((figures.approachTime.mean ?? 0) - 17.0 / 3) < 1e-9)
        #expect(figures.pickupDistance.p90 == 3)
        #expect(figures.percent(.completed) == 60 && figures.percent(.expired) == 20)
        #expect(figures.jobsPerProvider == [1, 2, 0, 0])
        #expect(figures.offersPerCall == 3)
    }

    @Test("two runs stand side by side with their ratio, and what is missing is a dash")
    func table() throws {
        let nothing = Figures(calls: [], providers: 0, traffic: Figures.Traffic(), lateness: [])
        let twice = FigureTable([("nearest", Self.figures), ("assignment", Self.figures)]).lines
        #expect(Set(twice.map(\.count)).count == 1, "every line is as long as the others")
        let header = try #require(twice.first)
        #expect(header.contains("nearest") && header.contains("assignment") && header.hasSuffix("ratio"))
        let pickup = try #require(twice.first { $0.hasPrefix("pickup time mean") })
        #expect(pickup.split(separator: " ").suffix(3) == ["6.00", "6.00", "1.00"])
        let empty = FigureTable([("nothing", nothing)]).lines
        #expect(try #require(empty.first { $0.hasPrefix("pickup time mean") }).hasSuffix("–"))
    }

    @Test("the JSON has the numbers of the table, and null for what is missing")
    func json() {
        #expect(Self.figures.json["requests"]?.int == 5)
        #expect(Self.figures.json["pickup_time_mean_minutes"]?.double == 6)
        let nothing = Figures(calls: [], providers: 0, traffic: Figures.Traffic(), lateness: [])
        #expect(nothing.json["completed_percent"]?.isNull == true)
    }

    /// Counts elements, and knows whether the document was well-formed.
    private final class Reader: NSObject, XMLParserDelegate {
        var counts: [String: Int] = [:]

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) { counts[name, default: 0] += 1 }
    }

    @Test("the plot is well-formed SVG with six titled diagrams, whatever the runs are called and even of nothing")
    func plot() throws {
        let nothing = Figures(calls: [], providers: 0, traffic: Figures.Traffic(), lateness: [])
        let runs = [("near & <far>", Self.figures), ("none", nothing)]
        for count in 0...2 {
            let svg = CityPlot(title: "A \"city\" & more", runs: Array(runs.prefix(count))).svg
            let parser = XMLParser(data: Data(svg.utf8))
            let reader = Reader()
            parser.delegate = reader
            let isWellFormed = parser.parse()
            #expect(isWellFormed, "\(String(describing: parser.parserError))")
            #expect(reader.counts["svg"] == 1)
            #expect(svg.components(separatedBy: "font-weight=\"bold\"").count == 1 + 7)
            #expect(!svg.contains("nan") && !svg.contains("inf"))
            #expect(svg.contains("near &amp; &lt;far&gt;") == (count > 0))
        }
    }
}
