import BSON
import RoadsideRules

/// Names, trades and vehicles of a city, with their shares.
struct CityPeople: Sendable {
    struct Trade: Sendable {
        let kind: String
        let experienceYears: ClosedRange<Int>
        let serviceRadiusKm: ClosedRange<Int>
        let skills: Shares<[String]>?
    }

    struct Model: Sendable {
        let make: String
        let model: String
        let years: ClosedRange<Int>
    }

    let firstNames: [String]
    let surnames: [String]
    let trades: Shares<Trade>?
    let availability: Shares<Availability>?
    /// Providers who wait to be vetted.
    let pendingPercent: Int
    let fleets: [String]
    /// Customers who are firms with many vehicles.
    let fleetPercent: Int
    let models: Shares<Model>?

    init(_ json: JSON, _ file: String, _ reader: SeedReader) {
        firstNames = Self.names(json["first_names"], "\(file): first_names", reader)
        surnames = Self.names(json["surnames"], "\(file): surnames", reader)
        fleets = Self.names(json["fleets"], "\(file): fleets", reader)
        fleetPercent = reader.whole(json["fleet_percent"], "\(file): fleet_percent", in: 0...100)
        pendingPercent = reader.whole(json["pending_percent"], "\(file): pending_percent", in: 0...100)
        trades = reader.shares(
            reader.list(json["providers"], "\(file): providers").map { json, place in
                (value: Self.trade(json, place, reader), share: reader.share(json, place))
            }, "\(file): providers")
        availability = Self.availability(json["availability"], "\(file): availability", reader)
        models = reader.shares(
            reader.list(json["vehicles"], "\(file): vehicles").map { json, place in
                (
                    value: Model(
                        make: reader.text(json["make"], "\(place).make"),
                        model: reader.text(json["model"], "\(place).model"),
                        years: reader.range(json["years"], "\(place).years", in: 1960...2100)),
                    share: reader.share(json, place)
                )
            }, "\(file): vehicles")
    }

    private static func names(_ json: JSON?, _ place: String, _ reader: SeedReader) -> [String] {
        let names = reader.texts(json, place)
        // Half of the limit for a display name, of which two are put together.
        for name in names where ContactRules.displayName(name) != name || name.count > 40 {
            reader.fault(place, "\"\(name)\" is not a name of 1 to 40 characters")
        }
        return names
    }

    private static func trade(_ json: JSON, _ place: String, _ reader: SeedReader) -> Trade {
        Trade(
            kind: reader.text(json["kind"], "\(place).kind"),
            experienceYears: reader.range(json["experience_years"], "\(place).experience_years", in: 0...80),
            serviceRadiusKm: reader.range(json["service_radius_km"], "\(place).service_radius_km", in: 1...100),
            skills: reader.shares(
                reader.list(json["skills"], "\(place).skills").map { json, place in
                    (value: reader.texts(json["words"], "\(place).words"), share: reader.share(json, place))
                }, "\(place).skills"))
    }

    private static func availability(_ json: JSON?, _ place: String, _ reader: SeedReader) -> Shares<Availability>? {
        let shares = (json?.object ?? []).compactMap { member -> (value: Availability, share: Int)? in
            let share = reader.whole(member.value, "\(place).\(member.name)", in: 0...1_000_000)
            // Nobody is busy, for there is no job that he could be busy with.
            guard let word = Availability(rawValue: member.name), word != .busy else {
                reader.fault(place, "must not name \(member.name); available, offline and break are known")
                return nil
            }
            return (word, share)
        }
        return reader.shares(shares, place)
    }
}
