import FoundationEssentials
import RoadsideRules

extension Jobs {
    /// What a job would cost, without opening it: just what ``open(_:by:)`` would price it at now. A customer's quote is
    /// kept: `expiresAt` says how long its price holds for the request that names it.
    ///
    /// - Throws: `VALIDATION_ERROR` with every wrong field.
    public func quote(_ request: JobRequest, by caller: Caller) async throws(RoadsideError) -> Quote {
        let (quote, terms) = try priced(request)
        guard caller.role == .customer else { return quote }
        return try await quotes.keep(
            quote, for: QuoteInputs(request, terms), of: caller.userID, lifetime: terms.quoteSeconds)
    }

    /// A price that nobody keeps.
    func priced(_ request: JobRequest) throws(RoadsideError) -> (quote: Quote, terms: JobTerms) {
        let (judged, issues) = judged(request)
        let faults = issues + BookingDetails(scheduledTime: request.serviceTime).issues(now: dependencies.now())
        guard let terms = judged, faults.isEmpty else { throw .validation(faults) }
        return (Quote(terms: terms, estimate: estimate(terms, for: request)), terms)
    }

    /// What a request on these terms is expected to cost while no provider is chosen.
    func estimate(_ terms: JobTerms, for request: JobRequest) -> PriceEstimate {
        terms.estimate(
            at: request.location, request.serviceTime ?? dependencies.now(),
            loadedMetres: request.destination.map { request.location.distance(to: $0.point) } ?? 0)
    }
}
