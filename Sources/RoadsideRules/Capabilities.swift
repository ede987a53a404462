/// What providers' own words amount to, in canonical capabilities (contracts K17): read off the reference data, so that
/// a new service type brings its own words with it.
public struct Capabilities: Sendable, Hashable {
    private let words: [String: Set<String>]
    /// Everything that a job opened now can need.
    private let needed: Set<String>
    /// What every roadside mechanic is taken to do. A tow truck is not assumed.
    public let general: Set<String>
    /// Capabilities of bringing fuel, whatever kind.
    private let fuelling: Set<String>
    /// Code of a fuel → the capability of bringing that one.
    private let fuels: [String: String]

    init(types: [ServiceType], generalSkills: [String], classes: [TowClass], fuels: [Fuel]) {
        let general = Set(types.filter(\.isGeneral).map(\.capability))
        var words: [String: Set<String>] = [:]
        for skill in generalSkills { words[Self.normalized(skill), default: []].formUnion(general) }
        for type in types {
            for skill in type.skills + [type.code] {
                words[Self.normalized(skill), default: []].insert(type.capability)
            }
        }
        for tow in classes {
            for skill in tow.skills { words[Self.normalized(skill), default: []].formUnion(tow.capabilities) }
        }
        self.words = words
        needed = Set(types.map(\.capability) + classes.flatMap(\.capabilities) + fuels.map(\.capability))
        self.general = general
        fuelling = Set(types.filter { $0.family == .fuel }.map(\.capability))
        self.fuels = Dictionary(fuels.map { ($0.code, $0.capability) }, uniquingKeysWith: { first, _ in first })
    }

    /// The capabilities behind a provider's own words.
    ///
    /// Words we do not know are ignored here (the caller keeps them raw for display); a provider with no known word is
    /// taken for a general mechanic, for otherwise no search would ever find him.
    ///
    /// - Parameter carrying: codes of the fuels he says he carries. Saying so makes him one who brings fuel; one who
    ///   brings fuel and says none carries all of them.
    public func from(specializations: [String], carrying: [String] = []) -> Set<String> {
        let known = specializations.reduce(into: Set<String>()) { $0.formUnion(words[Self.normalized($1)] ?? []) }
        var capabilities = known.isEmpty ? general : known
        guard carrying.isEmpty else {
            return capabilities.union(fuelling).union(carrying.compactMap { fuels[Self.normalized($0)] })
        }
        if !capabilities.isDisjoint(with: fuelling) { capabilities.formUnion(fuels.values) }
        return capabilities
    }

    /// What of these no new job needs any more. A job that was opened while one did still looks for whoever has it.
    public func retired(of held: [String]) -> Set<String> { Set(held).subtracting(needed) }

    /// `Tow-Truck ` and `tow truck` are `tow_truck`.
    public static func normalized(_ word: String) -> String {
        word.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
    }
}
