/// Judges a history: which promises does it break? Pure, and written from the papers alone: it shares no rule, no table
/// and no query with the product, or it would repeat the product's mistakes.
public struct RaceChecker: Sendable {
    /// One promise: a name and the way to see it broken.
    struct Rule: Sendable {
        let name: String
        let judge: @Sendable (Evidence) -> [Violation]
    }

    static let rules: [Rule] = [
        Rule(name: "servers live", judge: ServerCheck.violations),
        Rule(name: "legal transitions", judge: TransitionCheck.violations),
        Rule(name: "one winner", judge: WinnerCheck.violations),
        Rule(name: "one job per provider", judge: ProviderCheck.violations),
        Rule(name: "order of versions", judge: VersionCheck.violations),
        Rule(name: "acknowledged writes", judge: WriteCheck.violations),
        Rule(name: "losers told why", judge: RefusalCheck.violations),
        Rule(name: "keys act once", judge: KeyCheck.violations),
        Rule(name: "offers", judge: OfferCheck.violations),
        Rule(name: "inbox", judge: InboxCheck.violations),
        Rule(name: "sockets", judge: SocketCheck.violations),
        Rule(name: "nothing stuck", judge: RestCheck.violations),
    ]

    public init() {}

    /// Every violation, in the order of the rules.
    public func violations(in history: History) -> [Violation] {
        let evidence = Evidence(history)
        return Self.rules.flatMap { rule in
            rule.judge(evidence).map { found in
                var found = found
                found.rule = rule.name
                return found
            }
        }
    }
}
