import BSON
import Crypto
import FoundationEssentials
import RoadsideRules

/// The price a job is opened with: just made, or as its customer's quote promised it.
struct JobPrice: Sendable {
    let lines: [PriceLine]
    let total: Money
    let fees: FeeTerms?
    let version: String
    var quoteID: ObjectID?

    init(_ terms: JobTerms, _ estimate: PriceEstimate) {
        (lines, total) = (estimate.lines, estimate.total)
        fees = terms.fees
        version = terms.pricesVersion
    }

    /// Reads a document of `quotes`.
    init?(quote document: Document) {
        guard let id: ObjectID = document.get("_id"), let total = Money(document.get("total")) else { return nil }
        self.total = total
        lines = (document.get("lines", as: [Document].self) ?? []).compactMap(PriceLine.init)
        fees = FeeTerms(document.get("fee_terms"))
        version = document.get("prices_version") ?? ""
        quoteID = id
    }

    /// The fields of `services` that say it.
    var document: Document {
        var document: Document = [
            "estimate": .document(total.document), "quote": .array(lines.map { .document($0.document) }),
            "prices_version": .string(version),
        ]
        document.append("fee_terms", ifPresent: fees?.document)
        document.append("quote_id", ifPresent: quoteID)
        return document
    }
}

/// What a price was made for, as a text that is the same for the same request and no other.
struct QuoteInputs: Sendable {
    let hash: String

    init(_ request: JobRequest, _ terms: JobTerms) {
        let (fuel, tow) = (terms.requirements.fuel, terms.requirements.tow)
        func point(_ point: GeoPoint?) -> String { point.map { "\($0.latitude),\($0.longitude)" } ?? "-" }
        let parts: [String] = [
            terms.type.code, point(request.location), point(request.destination?.point),
            fuel.map { "\($0.fuel),\($0.millilitres)" } ?? "-",
            tow.map { "\($0.vehicleType),\($0.massKg ?? 0),\($0.wheelsLocked)" } ?? "-",
            request.serviceTime.map { "\(Int64($0.timeIntervalSince1970.rounded(.down)))" } ?? "-",
        ]
        let digest = SHA256.hash(data: Array(parts.joined(separator: "|").utf8))
        hash = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
