import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

extension Settings {
    /// How often anybody may do what.
    public struct Limits: Sendable {
        /// Wrong passwords in a row that cost nothing, the first wait between further ones, and the longest.
        public var passwordTries = 5
        public var passwordDelaySeconds = 1
        public var passwordLongestDelaySeconds = 900
        /// Wrong passwords and codes within a quarter of an hour from one address, and from its /24 (IPv6: /48).
        public var failuresPerAddress = 50
        public var failuresPerNetwork = 200
        /// Those of everybody; beyond them strangers' tries are slowed down. 0 is never.
        public var failuresOverall = 1000
        /// Codes within a day to one address, and for one account.
        public var codesPerDestination = 10
        public var codesPerAccount = 20
        /// Codes within an hour that one client address asks for, to one block of ten thousand numbers, to all phones
        /// and to all mailboxes.
        public var codesPerClient = 60
        public var codesPerPrefix = 50
        public var codesToPhones = 1000
        public var codesToMailboxes = 5000
        /// Where codes go by phone: calling codes such as `254`, or `all`. Those of the five documents' own numbers (K33).
        public var codeCountries = ["213", "254", "27"]
        /// New guests of one client address within an hour.
        public var guestsPerClient = 600
        /// Requests of one account within a minute, by server: those that only read, and all others. 0 is no limit.
        public var readsPerMinute = 1200
        public var writesPerMinute = 300
        /// Searches for providers around a place within an hour, of one account and of one client address, by server. 0 is
        /// no limit.
        public var searchesPerAccount = 600
        public var searchesPerClient = 6000
        /// Requests that one server works on at once; before that many, the less important ones are refused.
        public var inFlight = 1000
    }
}

extension Settings {
    mutating func readLimits(_ reader: inout SettingsReader) {
        reader.read("limits.passwordTries", in: 1...1000, into: &limits.passwordTries)
        reader.read("limits.passwordDelaySeconds", in: 1...86_400, into: &limits.passwordDelaySeconds)
        reader.read("limits.passwordLongestDelaySeconds", in: 1...86_400, into: &limits.passwordLongestDelaySeconds)
        reader.read("limits.failuresPerAddress", in: 1...1_000_000, into: &limits.failuresPerAddress)
        reader.read("limits.failuresPerNetwork", in: 1...1_000_000, into: &limits.failuresPerNetwork)
        reader.read("limits.failuresOverall", in: 0...10_000_000, into: &limits.failuresOverall)
        reader.read("limits.codesPerDestination", in: 1...1000, into: &limits.codesPerDestination)
        reader.read("limits.codesPerAccount", in: 1...1000, into: &limits.codesPerAccount)
        reader.read("limits.codesPerClient", in: 1...1_000_000, into: &limits.codesPerClient)
        reader.read("limits.codesPerPrefix", in: 1...1_000_000, into: &limits.codesPerPrefix)
        reader.read("limits.codesToPhones", in: 1...10_000_000, into: &limits.codesToPhones)
        reader.read("limits.codesToMailboxes", in: 1...10_000_000, into: &limits.codesToMailboxes)
        if let text = reader.text("limits.codeCountries") {
            limits.codeCountries = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let isSound = limits.codeCountries.allSatisfy { code in
                code == "all"
                    || (1...3).contains(code.utf8.count) && code.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
            if !isSound {
                reader.fault("limits.codeCountries must be calling codes such as 254, separated by commas, or all")
            }
        }
        reader.read("limits.guestsPerClient", in: 1...1_000_000, into: &limits.guestsPerClient)
        reader.read("limits.readsPerMinute", in: 0...10_000_000, into: &limits.readsPerMinute)
        reader.read("limits.writesPerMinute", in: 0...10_000_000, into: &limits.writesPerMinute)
        reader.read("limits.searchesPerAccount", in: 0...10_000_000, into: &limits.searchesPerAccount)
        reader.read("limits.searchesPerClient", in: 0...10_000_000, into: &limits.searchesPerClient)
        reader.read("limits.inFlight", in: 10...1_000_000, into: &limits.inFlight)
    }

    /// Key and printable value of each, in reading order.
    var printableLimits: [(key: String, value: String)] {
        [
            ("limits.passwordTries", "\(limits.passwordTries)"),
            ("limits.passwordDelaySeconds", "\(limits.passwordDelaySeconds)"),
            ("limits.passwordLongestDelaySeconds", "\(limits.passwordLongestDelaySeconds)"),
            ("limits.failuresPerAddress", "\(limits.failuresPerAddress)"),
            ("limits.failuresPerNetwork", "\(limits.failuresPerNetwork)"),
            ("limits.failuresOverall", "\(limits.failuresOverall)"),
            ("limits.codesPerDestination", "\(limits.codesPerDestination)"),
            ("limits.codesPerAccount", "\(limits.codesPerAccount)"),
            ("limits.codesPerClient", "\(limits.codesPerClient)"),
            ("limits.codesPerPrefix", "\(limits.codesPerPrefix)"),
            ("limits.codesToPhones", "\(limits.codesToPhones)"),
            ("limits.codesToMailboxes", "\(limits.codesToMailboxes)"),
            ("limits.codeCountries", limits.codeCountries.joined(separator: ",")),
            ("limits.guestsPerClient", "\(limits.guestsPerClient)"),
            ("limits.readsPerMinute", "\(limits.readsPerMinute)"),
            ("limits.writesPerMinute", "\(limits.writesPerMinute)"),
            ("limits.searchesPerAccount", "\(limits.searchesPerAccount)"),
            ("limits.searchesPerClient", "\(limits.searchesPerClient)"),
            ("limits.inFlight", "\(limits.inFlight)"),
        ]
    }

    /// What the domain counts.
    var limitRules: LimitSettings {
        var rules = LimitSettings()
        rules.passwords = GuessRules(
            free: limits.passwordTries, firstDelay: Double(limits.passwordDelaySeconds),
            longestDelay: Double(limits.passwordLongestDelaySeconds))
        rules.failuresPerAddress = Quota(limits.failuresPerAddress, per: 15 * 60)
        rules.failuresPerNetwork = Quota(limits.failuresPerNetwork, per: 15 * 60)
        rules.failuresOverall = limits.failuresOverall == 0 ? nil : Quota(limits.failuresOverall, per: 15 * 60)
        rules.codesPerDestination = limits.codesPerDestination
        rules.codesPerAccount = limits.codesPerAccount
        rules.codesPerClient = limits.codesPerClient
        rules.codesPerPrefix = limits.codesPerPrefix
        rules.codesToPhones = limits.codesToPhones
        rules.codesToMailboxes = limits.codesToMailboxes
        rules.codeCountries = limits.codeCountries.contains("all") ? nil : limits.codeCountries
        rules.searchesPerAccount = quota(limits.searchesPerAccount, per: 3600)
        rules.searchesPerClient = quota(limits.searchesPerClient, per: 3600)
        rules.guestsPerClient = limits.guestsPerClient
        return rules
    }

    /// What each account may ask.
    var requestLimits: RequestLimits {
        RequestLimits(reads: quota(limits.readsPerMinute, per: 60), writes: quota(limits.writesPerMinute, per: 60))
    }

    /// In a city that lives faster, so much more; nil for 0.
    private func quota(_ limit: Int, per seconds: Double) -> Quota? {
        limit == 0 ? nil : Quota(Int(Double(limit) * simulation.factor), per: seconds)
    }

    /// Whose word counts about where requests come from.
    var trustedProxies: TrustedProxies {
        // Texts that are no addresses have been refused at loading.
        TrustedProxies(http.trustedProxies) ?? TrustedProxies()
    }
}
