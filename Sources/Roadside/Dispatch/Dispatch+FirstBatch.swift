import FoundationEssentials
import RoadsideRules

// The first batch of a broadcast is written together with its job. Decision 27 lets alerts follow the job in transactions
// of their own, because many inbox heads in one transaction abort each other. One batch is five heads, a second commit costs
// whoever is stranded milliseconds, and a transaction that does meet another writer is run again without the batch: then
// the job commits with its customer's row alone, and its timer has the rest, as the decision says.
extension Dispatch {
    /// Whom a job asks as it is opened.
    struct FirstBatch: Sendable {
        let ring: Ring
        /// The best of the ring first.
        let providers: [ProviderProfile]
        let offers: [Offer]
        let at: Date

        /// Nobody else may be asked yet.
        var isWholeRing: Bool { offers.count == ring.chosen.count }
        /// When the job wants attention next.
        var next: Date { isWholeRing ? ring.next : Dispatch.firstTurnLease(from: at) }
    }

    /// - Parameters:
    ///   - job: as it is about to be written.
    ///   - known: the nearest who could come, as they have just been read.
    /// - Returns: nil when it is not a broadcast, or there is nobody to ask: its first turn sees to it.
    func firstBatch(of job: JobRecord, knowing known: CandidateSearch.Known) async -> FirstBatch? {
        guard job.status == .matching, job.search.mode == .broadcast, !job.facts.awaitsCard else { return nil }
        let now = job.search.startedAt
        guard let ring = try? await ring(around: job, asked: OfferBook.Asked(), at: now, knowing: known) else {
            return nil
        }
        let batch = ring.chosen.prefix(ring.plan.batch).compactMap { ring.result.profiles[$0] }
        guard !batch.isEmpty else { return nil }
        let offers = book.offers(of: job, to: batch, mode: .broadcast, at: now)
        return FirstBatch(ring: ring, providers: batch, offers: offers, at: now)
    }
}
