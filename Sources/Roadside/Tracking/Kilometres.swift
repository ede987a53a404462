/// How distances are told.
enum Kilometres {
    /// One decimal: what decision 14 allows before acceptance, and what nobody needs more of after it.
    static func shown(metres: Double) -> Double { (metres / 100).rounded() / 10 }
}
