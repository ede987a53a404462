import RoadsideRules

/// The people of one city. Each follows from the seed and his own index alone, so a larger city begins with the smaller.
struct CityCast: Sendable {
    let plan: CityPlan
    let seed: String
    let randomSeed: UInt64
    /// Where the named providers work.
    let kept: [GeoPoint]

    init(plan: CityPlan, named: SeedAccounts, randomSeed: UInt64) {
        self.plan = plan
        self.randomSeed = randomSeed
        seed = named.seed
        kept = named.people.compactMap { $0.profile?.location }
    }

    func provider(_ index: Int) -> SeedPerson {
        var dice = dice("provider/\(index)")
        let (name, email) = person(&dice, letter: "p", index)
        let trade = plan.people.trades?.draw(&dice)
        let skills = trade?.skills?.draw(&dice) ?? []
        let years = dice.within(trade?.experienceYears ?? 0...0)
        let radius = dice.within(trade?.serviceRadiusKm ?? 20...20)
        let place = plan.places.draw(&dice, awayFrom: kept)
        let id = SeedID.of("\(seed)/\(randomSeed)/provider/\(index)")
        let isPending = dice.happens(percent: plan.people.pendingPercent)
        return SeedPerson(
            id: id, role: .provider, name: name, email: email, phone: phone("0", index),
            profile: ProviderProfile(
                id: id, number: 0, name: name, phone: "", email: "", specializations: skills,
                reference: plan.reference, experienceYears: years, serviceRadiusKm: Double(radius),
                availability: plan.people.availability?.draw(&dice) ?? .available,
                location: place.point, isVerified: !isPending),
            place: place.address, age: age(&dice))
    }

    func customer(_ index: Int) -> SeedPerson {
        var dice = dice("customer/\(index)")
        var (name, email) = person(&dice, letter: "c", index)
        if isFleet(index), let fleet = dice.pick(plan.people.fleets) {
            name = index < plan.people.fleets.count ? plan.people.fleets[index] : "\(fleet) \(index + 1)"
            email = address(name, letter: "c", index)
        }
        return SeedPerson(
            id: SeedID.of("\(seed)/\(randomSeed)/customer/\(index)"), role: .customer, name: name, email: email,
            phone: phone("1", index), vehicle: vehicle(&dice), age: age(&dice))
    }

    /// The first of each hundred are firms.
    func isFleet(_ index: Int) -> Bool { index % 100 < plan.people.fleetPercent }

    func vehicle(_ dice: inout SplitMix64) -> VehicleFacts {
        let model = plan.people.models?.draw(&dice)
        func letter() -> Character { dice.pick(Self.plateLetters) ?? "A" }
        let plate =
            "K\(dice.pick(Self.series) ?? "C")\(letter())\(String(dice.within(1001...1999)).dropFirst())\(letter())"
        return VehicleFacts(
            make: model?.make ?? "", model: model?.model ?? "", year: model.map { dice.within($0.years) },
            licensePlate: plate)
    }

    func dice(_ stream: String) -> SplitMix64 { SplitMix64(seed: randomSeed, stream: "\(seed)/\(stream)") }

    private func person(_ dice: inout SplitMix64, letter: String, _ index: Int) -> (name: String, email: String) {
        let name = "\(dice.pick(plan.people.firstNames) ?? "") \(dice.pick(plan.people.surnames) ?? "")"
        return (name, address(name, letter: letter, index))
    }

    /// `brian.otieno.p17@fixoncall.example`: the number keeps namesakes apart.
    private func address(_ name: String, letter: String, _ index: Int) -> String {
        let words = name.lowercased().split(separator: " ").map { word in
            word.utf8.filter { (0x61...0x7A).contains($0) }
        }
        let local = words.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
        return "\(local.isEmpty ? "somebody" : local).\(letter)\(index + 1)@fixoncall.example"
    }

    /// `+25410…` for providers and `+25411…` for customers: every index has its own, and neighbours do not count up.
    private func phone(_ block: String, _ index: Int) -> String {
        // The largest prime of seven digits; multiplying by less than it is a bijection.
        let digits = (index + 1) * 7_368_787 % 9_999_991
        return "+2541\(block)\(String(digits + 10_000_000).dropFirst())"
    }

    /// From two months to two years.
    private func age(_ dice: inout SplitMix64) -> Double {
        Double(dice.within(61...730)) * 86_400 - dice.unit() * 40_000
    }

    private static let series: [Character] = ["B", "C", "C", "D", "D", "D"]
    /// Plates have neither I nor O.
    private static let plateLetters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ")
}
