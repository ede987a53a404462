import BSON
import RoadsideRules

/// When people of a city called for help, for what, and how it ended.
struct CityHistoryPlan: Sendable {
    struct Service: Sendable {
        let type: ServiceType
        /// From the arrival to the end of the work.
        let minutes: ClosedRange<Int>
        let descriptions: [String]
    }

    struct Opinion: Sendable {
        let stars: Int
        let texts: [String]
    }

    enum Outcome: String, Sendable, CaseIterable { case completed, cancelled, expired }

    let offsetSeconds: Double
    let jobsPerProviderAndDay: Double
    let hours: Shares<Int>?
    /// From Monday, in per cent of a full day.
    let weekdays: [Int]
    let fleetJobsPercent: Int
    let outcomes: Shares<Outcome>?
    let services: Shares<Service>?
    let cancelReasons: [String]
    let reviewPercent: Int
    let opinions: Shares<Opinion>?

    init(_ json: JSON, _ file: String, reference: ReferenceData, _ reader: SeedReader) {
        offsetSeconds = reader.number(json["utc_offset_hours"], "\(file): utc_offset_hours", in: -12...14) * 3600
        jobsPerProviderAndDay = reader.number(
            json["jobs_per_provider_and_day"], "\(file): jobs_per_provider_and_day", in: 0...5)
        let hours = Self.numbers(json["hours"], "\(file): hours", count: 24, reader)
        self.hours = reader.shares(hours.enumerated().map { (value: $0.offset, share: $0.element) }, "\(file): hours")
        weekdays = Self.numbers(json["weekdays"], "\(file): weekdays", count: 7, reader)
        fleetJobsPercent = reader.whole(json["fleet_jobs_percent"], "\(file): fleet_jobs_percent", in: 0...100)
        outcomes = Self.outcomes(json["outcomes"], "\(file): outcomes", reader)
        services = reader.shares(
            reader.list(json["services"], "\(file): services").compactMap { json, place in
                Self.service(json, place, reference, reader).map { (value: $0, share: reader.share(json, place)) }
            }, "\(file): services")
        cancelReasons = reader.texts(json["cancel_reasons"], "\(file): cancel_reasons")
        reviewPercent = reader.whole(json["review_percent"], "\(file): review_percent", in: 0...100)
        opinions = reader.shares(
            reader.list(json["reviews"], "\(file): reviews").map { json, place in
                (
                    value: Opinion(
                        stars: reader.whole(json["stars"], "\(place).stars", in: 1...5),
                        texts: reader.texts(json["texts"], "\(place).texts")), share: reader.share(json, place)
                )
            }, "\(file): reviews")
    }

    private static func numbers(_ json: JSON?, _ place: String, count: Int, _ reader: SeedReader) -> [Int] {
        guard let numbers = json?.array, numbers.count == count else {
            reader.fault(place, "must be a list of \(count) numbers")
            return []
        }
        return numbers.enumerated().map { reader.whole($0.element, "\(place)[\($0.offset)]", in: 0...1_000_000) }
    }

    private static func outcomes(_ json: JSON?, _ place: String, _ reader: SeedReader) -> Shares<Outcome>? {
        reader.shares(
            (json?.object ?? []).compactMap { member in
                guard let outcome = Outcome(rawValue: member.name) else {
                    reader.fault(place, "must not name \(member.name); completed, cancelled and expired are known")
                    return nil
                }
                return (outcome, reader.whole(member.value, "\(place).\(member.name)", in: 0...1_000_000))
            }, place)
    }

    private static func service(
        _ json: JSON, _ place: String, _ reference: ReferenceData, _ reader: SeedReader
    ) -> Service? {
        let code = reader.text(json["code"], "\(place).code")
        // Past jobs finish within four hours, which the end of a history relies on.
        let minutes = reader.range(json["minutes"], "\(place).minutes", in: 1...120)
        let descriptions = reader.texts(json["descriptions"], "\(place).descriptions")
        guard let type = reference.type(code) else {
            reader.fault("\(place).code", "\(code) is no service type of the catalogue")
            return nil
        }
        return Service(type: type, minutes: minutes, descriptions: descriptions)
    }
}
