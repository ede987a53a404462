extension Settings {
    /// The rides of CareConnect.
    public struct Rides: Sendable {
        /// The nearest provider has the ride at once; otherwise he is asked, and then the next. Its document calls the former
        /// a thing for tests (contracts K45), so in production it is off unless an operator says otherwise.
        public var autoAssign = true
        /// Lets in who has no token (contracts K48); refused in production.
        public var guests = false
        /// What a ride is to the rest of the platform: a code of the catalogue.
        public var serviceType = "breakdown"
    }

    mutating func readCareConnect(_ reader: inout SettingsReader) {
        careConnect.autoAssign = environment != .production
        careConnect.guests = environment == .development
        reader.read("careconnect.autoAssign", names: ["RIDE_AUTO_ASSIGN"], into: &careConnect.autoAssign)
        reader.read("careconnect.guests", names: ["C_ANONYMOUS"], into: &careConnect.guests)
        reader.read("careconnect.serviceType", into: &careConnect.serviceType)
    }

    /// Key and printable value of each, in reading order.
    var printableCareConnect: [(key: String, value: String)] {
        [
            ("careconnect.autoAssign", "\(careConnect.autoAssign)"), ("careconnect.guests", "\(careConnect.guests)"),
            ("careconnect.serviceType", careConnect.serviceType),
        ]
    }
}
