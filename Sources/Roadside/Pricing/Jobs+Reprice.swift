import BSON
import FoundationEssentials
import RoadsideRules

extension Jobs {
    /// The fields of a price that another time changes: the difference of the two times, as the rules of now have it, is a
    /// line of its own beneath what was promised (domain §4.6). Empty when there is none.
    func repriced(_ job: JobRecord, for time: Date) -> Document {
        // What has left the reference data keeps its price.
        guard let terms = try? catalog.current.terms(for: job.serviceType, job.requirements) else { return [:] }
        let loaded = job.destination.map { job.pickup.point.distance(to: $0.point) } ?? 0
        func price(at moment: Date) -> Money {
            terms.estimate(at: job.pickup.point, moment, loadedMetres: loaded).total
        }
        let (old, new) = (price(at: job.appointment?.scheduledTime ?? job.createdAt), price(at: time))
        guard old != new, new.currency == job.estimate.currency else { return [:] }
        let known = job.promised.first { $0.code == Self.anotherTime }?.amount.minorUnits ?? 0
        let difference = Money(minorUnits: known + new.minorUnits - old.minorUnits, new.currency)
        var lines = job.promised.filter { $0.code != Self.anotherTime }
        if difference.minorUnits != 0 {
            lines.append(PriceLine(code: Self.anotherTime, title: "Another time", amount: difference))
        }
        let price = FinalPrice(quote: lines, additions: [], job.estimate.currency)
        return [
            "estimate": .document(price.total.document), "quote": .array(price.lines.map { .document($0.document) }),
        ]
    }

    private static let anotherTime = "another_time"
}
