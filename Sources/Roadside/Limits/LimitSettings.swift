public import RoadsideRules

/// What is limited, and how far. All numbers are ours; windows are those of the clock on the wall.
public struct LimitSettings: Sendable {
    /// Wrong passwords in a row at one account.
    public var passwords = GuessRules()
    /// Wrong passwords and codes of one client address, and of its neighbourhood (/24, or /48 of IPv6). Behind either
    /// may be thousands of customers of a mobile network, so only failures count (decision 32).
    public var failuresPerAddress = Quota(50, per: 15 * 60)
    public var failuresPerNetwork = Quota(200, per: 15 * 60)
    /// Wrong passwords and codes of everybody together; beyond them somebody guesses from everywhere (T9). Nil is never.
    public var failuresOverall: Quota? = Quota(1000, per: 15 * 60)
    /// Codes to one e-mail address or phone number within a day, whatever they are for and whose account it is at the
    /// moment (T10).
    public var codesPerDestination = 10
    /// Codes that one account asks for within a day, to whatever addresses.
    public var codesPerAccount = 20
    /// Codes that one client address asks for within an hour; many, since behind it may be a mobile network.
    public var codesPerClient = 600
    /// New guests of one client address within an hour, where guests are let in; as many, for the same reason.
    public var guestsPerClient = 600
    /// Codes within an hour to phone numbers that differ in their last four digits only: so many numbers are bought at
    /// once by who earns by each message.
    public var codesPerPrefix = 50
    /// Codes within an hour to all phones, and to all mailboxes; beyond them none goes out.
    public var codesToPhones = 1000
    public var codesToMailboxes = 5000
    /// Calling codes of the countries that codes go to by phone, such as `254`: nobody earns by messages to where we serve
    /// nobody (T10). Nil is everywhere.
    public var codeCountries: [String]?
    /// Searches for providers around a place (T2), of one account and of one client address; nil is no limit.
    public var searchesPerAccount: Quota? = Quota(600, per: 3600)
    public var searchesPerClient: Quota? = Quota(6000, per: 3600)

    public init() {}
}
