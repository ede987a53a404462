import BSON
import Foundation
import Mongo
import MongoTesting
import RoadsideRules
import Testing

@testable import Roadside

@Suite("Jobs by the catalogue")
struct CatalogUseTests {
    private func fuel(_ code: String, litres: Int64 = 10) -> JobRequest {
        var request = JobsWorld.request("fuel_delivery")
        request.requirements.fuel = FuelOrder(fuel: code, millilitres: litres * 1000)
        return request
    }

    private func tow(_ vehicle: String, mass: Int64? = nil, to destination: GeoPoint = JobsWorld.north(10))
        -> JobRequest
    {
        var request = JobsWorld.request("towing", destination: Place(point: destination, address: "Garage"))
        request.requirements.tow = TowNeed(vehicleType: vehicle, massKg: mass, wheelsLocked: true)
        return request
    }

    @Test("a new entry is requestable, priced, and matched to who named its skill before it existed (decision 29)")
    func newType() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let early = try await world.provider("Early", ["Off-road rescue"])
            let other = try await world.provider("Other", ["engine"])
            let unknown = try await refusalCode {
                _ = try await world.open(JobsWorld.request("winching"), by: customer)
            }
            #expect(unknown == .validation)

            try await ReferenceDesk.with { desk in
                try desk.add(ReferenceDesk.winching)
                let report = try await world.catalog.install(try desk.folder())
                #expect(report.profiles == 2)
                #expect(try await world.catalog.install(try desk.folder()).profiles == 0)
            }
            let late = try await world.provider("Late", km: 2, ["winching"])
            let opened = try await world.jobs.open(JobsWorld.request("Winching"), by: customer)
            #expect(opened.job.serviceType == "winching")
            #expect(opened.job.estimate == Money(minorUnits: 250_050))
            #expect(opened.job.pricesVersion == world.catalog.current.versions.text)
            #expect(opened.job.pricesVersion.hasPrefix("500."))
            #expect(opened.nearby.map(\.id) == [early.userID, late.userID])
            await world.dispatch.settle()
            let asked = try await world.offers(of: opened.job)
            #expect(Set(asked.keys) == [early.userID, late.userID])
            #expect(asked[other.userID] == nil)
            let found = try await world.tracking.nearby(JobsWorld.center, capability: "winching", for: nil)
            #expect(found.map(\.id) == [early.userID, late.userID])
        }
    }

    @Test("profiles are derived anew in pages, once, and those of an older time too")
    func pages() async throws {
        try await JobsWorld.with { world in
            let count = 450
            try await world.store.mechanics.insert(
                contentsOf: (1...count).map { number in
                    [
                        "_id": .id(ObjectID()), "number": .int64(Int64(100_000 + number)),
                        "specialization_raw": ["tyres"],
                    ]
                })
            #expect(try await world.catalog.deriveCapabilities() == count)
            #expect(try await world.catalog.deriveCapabilities() == 0)
            #expect(try await world.store.mechanics.count(["capabilities": ["tyre_change"]]) == count)
        }
    }

    @Test("a profile written by a server that had not heard of the news yet is put right, and never set back")
    func stale() async throws {
        try await JobsWorld.with { world in
            let old = Catalog(
                Dependencies(
                    client: world.database.client, settings: world.dependencies.settings,
                    secrets: world.dependencies.secrets, clock: { Date() }, logger: world.dependencies.logger))
            try await old.load()
            try await ReferenceDesk.with { desk in
                try desk.add(ReferenceDesk.winching)
                try await world.catalog.install(try desk.folder())
            }
            let provider = try await world.provider("Old", ["off road rescue"])
            func capabilities() async throws -> [String]? {
                try await world.store.mechanics.findOne(["_id": .id(provider.userID)])?.get("capabilities")
            }
            #expect(try await capabilities() == ["winch_out"])
            #expect(try await old.deriveCapabilities() == 0)
            #expect(try await capabilities() == ["winch_out"])

            let words = DerivedCapabilities(
                specializations: ["off road rescue"], fuelTypes: [], by: old.current
            ).document
            try await world.store.mechanics.updateOne(["_id": .id(provider.userID)], ["$set": .document(words)])
            #expect(try await capabilities()?.contains("winch_out") == false)
            try await world.catalog.refresh()
            #expect(try await capabilities() == ["winch_out"])
        }
    }

    @Test("a diesel job goes to who carries diesel; who says nothing carries everything (F3)")
    func fuels() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let petrol = try await world.provider("Petrol only", ["fuel"], fuelTypes: ["petrol"])
            let diesel = try await world.provider("Diesel only", km: 2, ["fuel"], fuelTypes: ["diesel"])
            let both = try await world.provider("Both", km: 3, ["fuel"])
            let opened = try await world.jobs.open(fuel("diesel"), by: customer)
            #expect(opened.nearby.map(\.id) == [diesel.userID, both.userID])
            await world.dispatch.settle()
            #expect(Set(try await world.offers(of: opened.job).keys) == [diesel.userID, both.userID])
            let taken = try await refusalCode { _ = try await world.jobs.accept(.id(opened.job.id), by: petrol) }
            #expect(taken == .notFound)

            let document = try await world.document(of: opened.job)
            #expect(document.get("capability") == "fuel_diesel")
            #expect(document.value(at: ["requirements", "fuel"]) == "diesel")
            #expect(document.value(at: ["requirements", "millilitres"]) == .int64(10_000))
            #expect(opened.job.requirements.fuel == FuelOrder(fuel: "diesel", millilitres: 10_000))

            let any = try await world.jobs.open(JobsWorld.request("fuel_delivery"), by: customer)
            #expect(any.nearby.map(\.id) == [petrol.userID, diesel.userID, both.userID])
            #expect(any.job.requirements.isEmpty)
        }
    }

    @Test("a lorry needs a heavy truck, which takes light vehicles too (F4)")
    func trucks() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let light = try await world.provider("Light", ["towing"])
            let heavy = try await world.provider("Heavy", km: 2, ["heavy towing"])
            let lorry = try await world.jobs.open(tow("lorry"), by: customer)
            #expect(lorry.nearby.map(\.id) == [heavy.userID])
            await world.dispatch.settle()
            #expect(Set(try await world.offers(of: lorry.job).keys) == [heavy.userID])
            #expect(lorry.job.quote.map(\.code) == ["call_out", "loaded_distance", "dolly"])
            #expect(lorry.job.quote.map(\.amount.amount) == ["3000.00", "1500.00", "500.00"])
            #expect(lorry.job.estimate.amount == "5000.00")
            #expect(lorry.job.requirements.tow == TowNeed(vehicleType: "lorry", wheelsLocked: true))

            let saloon = try await world.jobs.open(tow("saloon"), by: customer)
            #expect(saloon.nearby.map(\.id) == [light.userID, heavy.userID])
            #expect(saloon.job.estimate.amount == "2500.00")
        }
    }

    @Test("a price is what the job will cost, and writes nothing")
    func quote() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            for request in [fuel("petrol", litres: 7), tow("bus"), JobsWorld.request("lockout")] {
                let before = try await (world.store.services.count(), world.store.counters.find())
                let quote = try world.jobs.priced(request).quote
                #expect(try await world.store.services.count() == before.0)
                #expect(try await world.store.counters.find() == before.1)
                let job = try await world.open(request, by: customer)
                #expect(job.quote == quote.lines)
                #expect(job.estimate == quote.total)
                #expect(job.pricesVersion == quote.pricesVersion)
                #expect(job.requirements == quote.requirements)
            }
        }
    }

    @Test("every wrong requirement is named; a destination is neither here nor at the end of the world")
    func refused() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            func fields(_ request: JobRequest) async throws -> [String]? {
                let quoted = try await failure { _ = try world.jobs.priced(request) }
                let opened = try await failure { _ = try await world.jobs.open(request, by: customer) }
                #expect(quoted?.fields == opened?.fields)
                return opened?.fields.map(\.name)
            }
            #expect(try await fields(fuel("water", litres: 61)) == ["fuel", "litres"])
            #expect(try await fields(tow("tank", to: JobsWorld.center)) == ["vehicle_type", "destination.point"])
            #expect(try await fields(tow("lorry", mass: 99_999)) == ["mass_kg"])
            #expect(try await fields(tow("saloon", to: JobsWorld.north(1000.1))) == ["destination.point"])
            #expect(try await fields(tow("saloon", to: JobsWorld.north(999.9))) == nil)
            #expect(try await world.store.services.count() == 1)
        }
    }

    @Test("a price stays what it was when prices change")
    func prices() async throws {
        try await JobsWorld.with { world in
            let customer = try await world.customer()
            let before = try await world.open(by: customer)
            try await ReferenceDesk.with { desk in
                try desk.setVersion(.serviceTypes, 40)
                try desk.edit(.serviceTypes, "\"call_out\": \"1500.00\"", "\"call_out\": \"1600.00\"")
                try await world.catalog.install(try desk.folder())
            }
            let after = try await world.open(by: customer)
            #expect(after.estimate.amount == "1600.00" && after.pricesVersion.hasPrefix("40."))
            let kept = try await world.jobs.job(.id(before.id), for: customer)
            #expect(kept.estimate.amount == "1500.00")
            #expect(kept.pricesVersion == before.pricesVersion && before.pricesVersion != after.pricesVersion)
        }
    }

    @Test(
        "what leaves the reference data can be asked for no more; jobs and appointments of it are searched for and shown"
    )
    func removed() async throws {
        try await JobsWorld.with { world in
            let (customer, provider) = try await (world.customer(), world.provider("Picker", ["lockout"]))
            let open = try await world.open(JobsWorld.request("lockout"), by: customer)
            await world.dispatch.settle()
            _ = try await world.jobs.accept(.id(open.id), by: provider)
            let later = try await world.bookings.create(
                BookingRequest(
                    .newJob(JobsWorld.request("lockout")), BookingDetails(scheduledTime: JobsWorld.ahead(86_400))),
                by: customer)

            try await ReferenceDesk.with { desk in
                try desk.setVersion(.serviceTypes, 500)
                try desk.edit(.serviceTypes, "\"code\": \"lockout\"", "\"code\": \"key_cutting\"")
                try desk.edit(.serviceTypes, "\"capability\": \"lockout\"", "\"capability\": \"key_cutting\"")
                try await world.catalog.install(try desk.folder())
            }
            let refused = try await refusalCode { _ = try await world.open(JobsWorld.request("lockout"), by: customer) }
            #expect(refused == .validation)
            let history = try await world.jobs.history(customer, .page(1))
            #expect(history.items.map(\.serviceType) == ["lockout", "lockout"])
            #expect(history.items.map(\.estimate) == [open.estimate, open.estimate])

            // Given back: the search goes on, for others who could do it.
            let other = try await world.provider("Late", ["engine"])
            _ = try await world.jobs.cancel(.id(open.id), by: provider)
            await world.dispatch.settle()
            #expect(try await world.offers(of: open, attempt: 2)[other.userID] == nil)
            try await world.bringNear(later)
            #expect(try await world.offers(of: later.job) == [provider.userID: "offered"])
            let taken = try await world.jobs.accept(.id(later.job.id), by: provider)
            #expect(taken.status == .accepted)
        }
    }
}
