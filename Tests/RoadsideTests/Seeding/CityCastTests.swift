import BSON
import Foundation
import RoadsideRules
import Testing

@testable import Roadside

@Suite("The people of the demo city")
struct CityCastTests {
    @Test("the same seed gives the same people, whatever else is drawn; another seed gives others")
    func reproducible() throws {
        let (first, second) = (try SeedFiles.cast(), try SeedFiles.cast())
        let forwards = (0..<200).map { first.provider($0) }
        let backwards = (0..<200).reversed().map { second.provider($0) }
        #expect(forwards == backwards.reversed())
        #expect((0..<60).map { first.customer($0) } == (0..<60).map { second.customer($0) })

        let other = try SeedFiles.cast(randomSeed: 255)
        let changed = (0..<200).filter { other.provider($0).name != forwards[$0].name }
        #expect(changed.count > 150)
        #expect(Set(forwards.map(\.id)).isDisjoint(with: (0..<200).map { other.provider($0).id }))
    }

    @Test("everybody has an id, an address and a number of his own, and the checks of a registration accept him")
    func unique() throws {
        let cast = try SeedFiles.cast()
        let people =
            try SeedFiles.accounts().people + (0..<3000).map { cast.provider($0) }
            + (0..<300).map { cast.customer($0) }
        #expect(Set(people.map(\.id)).count == people.count)
        #expect(Set(people.map(\.email)).count == people.count)
        #expect(Set(people.map(\.phone)).count == people.count)
        for person in people {
            #expect(ContactRules.email(person.email) == person.email)
            #expect(ContactRules.phone(person.phone) == person.phone)
            #expect(ContactRules.displayName(person.name) == person.name)
        }
    }

    @Test("providers stand within the city, and away from those who are known by name")
    func places() throws {
        let cast = try SeedFiles.cast()
        let bounds = cast.plan.places.bounds
        let named = try SeedFiles.accounts().people.compactMap { $0.profile?.location }
        #expect(named.count == 8)
        for index in 0..<3000 {
            let point = try #require(cast.provider(index).profile?.location)
            #expect(bounds.contains(point))
            let nearest = named.map { $0.distance(to: point) }.min() ?? 0
            #expect(nearest >= 1200, "provider \(index) is \(nearest) m from a named one")
        }
    }

    @Test("most of them are within a few hundred metres of a road or in a neighbourhood")
    func roads() throws {
        let cast = try SeedFiles.cast()
        let stretches = cast.plan.places.corridors?.values ?? []
        #expect(Set(stretches.map(\.name)).count == 12)
        let near = try (0..<500).filter { index in
            let point = try #require(cast.provider(index).profile?.location)
            return (stretches + cast.plan.places.neighbourhoods).contains { stretch in
                let steps = (0...20).compactMap { step -> GeoPoint? in
                    let part = Double(step) / 20
                    let (from, to) = (stretch.from.point, stretch.to.point)
                    return GeoPoint(
                        latitude: from.latitude + (to.latitude - from.latitude) * part,
                        longitude: from.longitude + (to.longitude - from.longitude) * part)
                }
                return steps.contains { $0.distance(to: point) <= stretch.spreadMetres * 1.5 + 150 }
            }
        }
        #expect(near.count >= 495)
    }

    @Test("trades, duty and vetting have the shares of the files")
    func shares() throws {
        let cast = try SeedFiles.cast()
        let profiles = (0..<3000).compactMap { cast.provider($0).profile }
        func percent(_ isCounted: (ProviderProfile) -> Bool) -> Int { profiles.filter(isCounted).count * 100 / 3000 }
        #expect((64...76).contains(percent { $0.capabilities.isDisjoint(with: ["tow_light", "tow_heavy"]) } - 10))
        #expect((16...24).contains(percent { $0.capabilities.contains("tow_light") }))
        #expect((72...80).contains(percent { $0.availability == .available }))
        #expect((1...3).contains(percent { !$0.isVerified }))
        #expect(profiles.allSatisfy { (1...25).contains($0.experienceYears) && (8...50).contains($0.serviceRadiusKm) })
        #expect(profiles.allSatisfy { $0.availability != .busy })
    }

    @Test("customers have vehicles, and every fifth is a firm")
    func customers() throws {
        let cast = try SeedFiles.cast()
        let plates = (0..<60).compactMap { cast.customer($0).vehicle?.licensePlate }
        #expect(plates.count == 60)
        let isPlate = plates.allSatisfy { $0.count == 7 && $0.first == "K" && Int($0.dropFirst(3).prefix(3)) != nil }
        #expect(isPlate)
        #expect((0..<60).filter { cast.isFleet($0) }.count == 20)
        #expect(cast.customer(0).name == "Bahari Couriers")
    }
}
