import BSON
import Foundation
import Roadside
import RoadsideRules
import RoadsideWeb

/// D28: a service as its viewer may see it.
struct ServiceView {
    let json: JSON

    init(_ job: Job) {
        var json = JSON.object(PublicID(job.id, number: job.number).members)
        json.add("user_id", .string(job.customerID.hex))
        json.add("booking_id", JSON(job.bookingID))
        json.add("service_type", .string(job.serviceType))
        json.add("location", .place(job.location, address: job.address))
        json.add("status", .string(FixOnCallWords.status(job.status)))
        // The canonical word: five documented statuses cannot tell “on the way” from “arrived”.
        json.add("stage", .string(job.status.rawValue))
        json.add("description", .string(job.description))
        json.add("assigned_to", JSON(job.assignedTo))
        json.add("created_at", .time(job.createdAt))
        json.add("updated_at", .time(job.updatedAt))
        json.add("estimated_time", .time(job.estimatedArrival))
        json.add("eta", job.arrival.map { ArrivalView.json($0, promised: job.estimatedArrival) } ?? .null)
        json.add("arrival_proposed_at", .time(job.arrivalProposedAt))
        json.add("tracking_state", .string(job.trackingState.rawValue))
        json.add("outcome", JSON(job.failure?.rawValue))
        json.add("price_estimate", .amount(job.estimate))
        json.add("currency", .string(job.estimate.currency.code))
        json.add("price_items", .array(job.quote.map(PriceView.item)))
        json.addAccount(of: job)
        json.add("requirements", PriceView.requirements(job.requirements))
        json.add("payment_status", .string(job.paymentStatus))
        json.add("destination", job.destination.map { .place($0.point, address: $0.address) } ?? .null)
        json.add("vehicle_info", .vehicle(job.vehicle))
        json.add("customer", PartyView.customer(job.customer))
        json.add("mechanic", job.provider.map(PartyView.mechanic) ?? .null)
        json.add("photos", .array(job.photos.map(ServicePhotoView.json)))
        json.add("events", .array(job.events.map(Self.event)))
        json.add("version", .int(job.version))
        // Each of these is there for one kind of viewer only, so that nobody else even learns of it.
        if let otp = job.startOTP { json.add("start_otp", .string(otp)) }
        if let distance = job.distanceKm { json.add("distance_km", .kilometres(distance)) }
        if let expiry = job.offerExpiresAt { json.add("offer_expires_at", .time(expiry)) }
        self.json = json
    }

    private static func event(_ event: JobEvent) -> JSON {
        [
            "at": .time(event.at), "status": .string(FixOnCallWords.status(event.status)),
            "stage": .string(event.status.rawValue), "by": .string(FixOnCallWords.actor(event.by)),
            "reason": JSON(event.reason),
        ]
    }

    private static let anyViewer: JSON = [
        "_id": "65a50b2c9f1d4e0012345680", "id": "65a50b2c9f1d4e0012345680", "number": 1,
        "user_id": "65a50b2c9f1d4e0012345678", "booking_id": nil, "service_type": "breakdown",
        "location": .placeExample, "status": "pending",
        "stage": "matching", "description": "Car won't start", "assigned_to": nil, "created_at": "2024-01-15T10:30:00Z",
        "updated_at": "2024-01-15T10:30:00Z", "estimated_time": nil, "eta": nil, "arrival_proposed_at": nil,
        "tracking_state": "unassigned", "outcome": nil, "price_estimate": 1500, "currency": "KES",
        "price_items": [PriceView.example], "fees": [], "extra_charges": [], "price_final": nil,
        "price_final_items": [],
        "requirements": nil, "payment_status": "pending", "destination": nil,
        "vehicle_info": ["make": "Toyota", "model": "Premio", "year": 2020, "license_plate": "KBC123A"],
        "customer": [
            "_id": "65a50b2c9f1d4e0012345678", "id": "65a50b2c9f1d4e0012345678", "number": 1, "name": "John Driver",
            "phone": "+254712345678", "email": "driver@example.com",
        ],
        "mechanic": nil, "photos": [],
        "events": [
            [
                "at": "2024-01-15T10:30:00Z", "status": "pending", "stage": "requested", "by": "driver", "reason": nil,
            ]
        ],
        "version": 1,
    ]

    /// As its driver has just opened it.
    static let example = anyViewer.adding("cancellation_fee", CancellationFeeView.example)

    /// The same when all is done: there is nothing to cancel any more.
    static let finishedExample = anyViewer.adding("status", "completed").adding("stage", "completed")
        .adding("fees", [PriceView.waitingExample]).adding("extra_charges", [ExtraChargeView.approvedExample])
        .adding("price_final", 11_100)
        .adding("price_final_items", [PriceView.example, PriceView.waitingExample, ExtraChargeView.itemExample])

    /// The same on its way to another garage, with all that only one kind of viewer sees.
    static let acceptedExample = example.adding("status", "accepted").adding("stage", "en_route")
        .adding("assigned_to", "65a50b2c9f1d4e0012345679").adding("estimated_time", "2024-01-15T10:50:00Z")
        .adding("eta", ArrivalView.example).adding("arrival_proposed_at", "2024-01-15T10:48:00Z")
        .adding("tracking_state", "live").adding("outcome", "gone_on_arrival")
        .adding("price_estimate", 1512.5).adding("destination", .placeExample).adding("vehicle_info", nil)
        .adding("mechanic", PartyView.mechanicExample)
        .adding(
            "events",
            [
                [
                    "at": "2024-01-15T10:32:00Z", "status": "pending", "stage": "matching", "by": "mechanic",
                    "reason": "Too far away",
                ]
            ]
        )
        .adding("fees", [PriceView.waitingExample])
        .adding("extra_charges", [ExtraChargeView.example, ExtraChargeView.approvedExample])
        .adding("cancellation_fee", CancellationFeeView.graceExample)
        .adding("photos", [ServicePhotoView.example]).adding("start_otp", "123456").adding("distance_km", 1.2).adding(
            "offer_expires_at", "2024-01-15T10:31:00Z")

    /// The example as a request opens it whose quote is this.
    static func example(quoted quote: JSON) -> JSON {
        var service = example
        for name in ["service_type", "price_items", "requirements"] { service.add(name, quote[name] ?? .null) }
        service.add("price_estimate", quote["total"] ?? .null)
        service.add("description", "")
        return service
    }
}

/// When the mechanic is expected: seconds from `updated_at` in the middle and at most in nine of ten cases, and the moments
/// that this and the promise amount to.
enum ArrivalView {
    static func json(_ arrival: ExpectedArrival, promised: Date?) -> JSON {
        [
            "p50": .int(Int64(arrival.p50)), "p90": .int(Int64(arrival.p90)), "arrives_at": .time(arrival.arrivesAt),
            "promise_at": .time(promised), "source": .string(arrival.source), "updated_at": .time(arrival.updatedAt),
        ]
    }

    static let example: JSON = [
        "p50": 1200, "p90": 1800, "arrives_at": "2024-01-15T10:50:00Z", "promise_at": "2024-01-15T10:50:00Z",
        "source": "estimate", "updated_at": "2024-01-15T10:30:00Z",
    ]
}

/// One side of a service. What is masked, and where a mechanic is, has been decided by the context.
enum PartyView {
    static func customer(_ party: Job.Party) -> JSON {
        JSON.object(PublicID(party.id, number: party.number).members)
            .adding("name", .string(party.name)).adding("phone", .string(party.phone)).adding(
                "email", .string(party.email))
    }

    static func mechanic(_ party: Job.Party) -> JSON {
        customer(party).adding("rating", .stars(party.rating)).adding("rating_count", .int(Int64(party.ratingCount)))
            .adding("location", party.location.map(JSON.point) ?? .null)
            .adding("location_updated_at", .time(party.fixAt))
    }

    static let customerExample = ServiceView.example["customer"] ?? [:]

    static let mechanicExample: JSON = [
        "_id": "65a50b2c9f1d4e0012345679", "id": "65a50b2c9f1d4e0012345679", "number": 2, "name": "James Mechanic",
        "phone": "+254712345679", "email": "mechanic@example.com", "rating": 4.5, "rating_count": 12,
        "location": .pointExample, "location_updated_at": "2024-01-15T10:30:00Z",
    ]
}

/// F3 and F4: what a service would cost. The members are those of the service itself. `id` and `expires_at` are null for
/// whoever is no driver: his quote is not kept.
struct QuoteView {
    let json: JSON

    init(_ quote: Quote) {
        json = [
            "id": JSON(quote.id), "expires_at": .time(quote.expiresAt),
            "service_type": .string(quote.serviceType), "requirements": PriceView.requirements(quote.requirements),
            "price_items": .array(quote.lines.map(PriceView.item)), "total": .amount(quote.total),
            "currency": .string(quote.total.currency.code), "prices_version": .string(quote.pricesVersion),
        ]
    }

    /// What the documents say of every quote.
    static let promise = """
        Nothing is opened or reserved. A driver's quote holds until `expires_at`: a request for the same that names it as \
        `quote_id` is opened at its price, once.
        """

    /// A breakdown at night.
    static let example: JSON = [
        "id": "65a50b2c9f1d4e0012345696", "expires_at": "2024-01-15T10:45:00Z", "service_type": "breakdown",
        "requirements": nil,
        "price_items": [
            PriceView.example, ["code": "night", "title": "Night, 22:00 to 06:00", "amount": 375],
        ],
        "total": 1875, "currency": "KES", "prices_version": "1.1.1.1.1",
    ]
}

/// What a price is made of, and what was asked for.
enum PriceView {
    static func item(_ line: PriceLine) -> JSON {
        ["code": .string(line.code), "title": .string(line.title), "amount": .amount(line.amount)]
    }

    static let example: JSON = ["code": "call_out", "title": "Call-out: Breakdown repair", "amount": 1500]
    static let waitingExample: JSON = ["code": "waiting", "title": "Waiting, 5 min", "amount": 100]

    /// `{fuel_type, litres}`, `{vehicle_type, mass_kg, wheels_locked}`, or null for a service that needs no such thing.
    static func requirements(_ requirements: JobRequirements) -> JSON {
        if let fuel = requirements.fuel {
            return ["fuel_type": .string(fuel.fuel), "litres": .litres(fuel.millilitres)]
        }
        if let tow = requirements.tow {
            return [
                "vehicle_type": .string(tow.vehicleType), "mass_kg": JSON(tow.massKg),
                "wheels_locked": .bool(tow.wheelsLocked),
            ]
        }
        return .null
    }
}

/// One entry of the catalogue (D29).
enum ServiceTypeView {
    static func json(_ type: ServiceType) -> JSON {
        let callOut = type.tariff.callOut
        return [
            "code": .string(type.code), "title": .string(type.title), "family": .string(type.family.rawValue),
            "needs_destination": .bool(type.needsDestination), "price_from": .amount(callOut),
            "currency": .string(callOut.currency.code),
        ]
    }

    static let example: JSON = [
        "code": "breakdown", "title": "Breakdown repair", "family": "repair", "needs_destination": false,
        "price_from": 1500, "currency": "KES",
    ]
}
