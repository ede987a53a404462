import RoadsideRules

extension RoadsideSettings {
    /// Metres per second that nobody exceeds, by a clock that may run faster than the streets.
    var topSpeed: Double { PositionRules.topSpeed / windowFactor }

    /// The same rules with every window of the work in the street shortened (or stretched) by one factor, so that hours of
    /// a city pass in minutes (README decision 28). Distances, counts and prices stay.
    ///
    /// Windows of people's sessions and of this server's own housekeeping stay, too: those pass in the time of the clock on
    /// the wall. A test holds that no window is forgotten.
    ///
    /// - Parameter factor: above 0; 1/60 turns a minute into a second.
    public func scaled(by factor: Double) -> RoadsideSettings {
        var scaled = self
        scaled.searchPlan = searchPlan.scaled(by: factor)
        scaled.startCode.lockSeconds *= factor
        scaled.positionFreshness = positionFreshness * factor
        scaled.exclusiveOfferLifetime = exclusiveOfferLifetime * factor
        scaled.bookingLead = bookingLead * factor
        scaled.bookingBuffer = bookingBuffer * factor
        scaled.bookingHoldAhead = bookingHoldAhead * factor
        scaled.offlineAfter = offlineAfter * factor
        scaled.arrivalWait = arrivalWait * factor
        scaled.chatAfter = chatAfter * factor
        scaled.emergencyRepeat = emergencyRepeat * factor
        scaled.supervision = supervision.scaled(by: factor)
        scaled.roundInterval = roundInterval * factor
        // What reference data adds to the plan is shortened where it is read.
        scaled.windowFactor = windowFactor * factor
        return scaled
    }
}
