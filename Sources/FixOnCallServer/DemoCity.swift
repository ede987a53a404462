import BSON
import Foundation
public import Roadside
public import RoadsideRules

/// The demo data of `Seeds/`: accounts with which a newcomer can try the product. Never loaded in production.
public struct DemoCity: Sendable {
    /// What a seed file holds that is not what it should be.
    public struct Fault: Error, CustomStringConvertible {
        public let description: String
    }

    /// One account that was loaded or was there already.
    public struct Loaded: Sendable {
        public let email: String
        public let name: String
        public let role: Role
        public let isNew: Bool
    }

    /// The password of every demo account.
    public let password: String
    private let admin: JSON
    private let customers: [JSON]
    private let providers: [JSON]

    /// Reads a seed file.
    ///
    /// - Throws: ``Fault`` with the file's name and what is wrong.
    public init(contentsOf path: String) throws(Fault) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Fault(description: "there is no seed file \(path)")
        }
        do {
            let json = try JSON.parse(data)
            guard let password = json["password"]?.string, let admin = json["admin"] else {
                throw Fault(description: "\(path) needs the members password and admin")
            }
            self.password = password
            self.admin = admin
            self.customers = json["customers"]?.array ?? []
            self.providers = json["providers"]?.array ?? []
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(description: "\(path): \(error)")
        }
    }

    /// A line for each account: what it is and how it signs in.
    public var accounts: [String] {
        func line(_ kind: String, _ person: JSON) -> String {
            let skills = (person["specialization"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
            let text = "\(kind)  \(person["email"]?.string ?? "")  \(person["name"]?.string ?? "")"
            return skills.isEmpty ? text : "\(text) (\(skills); \(person["place"]?.string ?? ""))"
        }
        return [line("admin   ", admin)] + customers.map { line("motorist", $0) }
            + providers.map { line("provider", $0) }
    }

    /// How many accounts the file has.
    public var count: Int { 1 + customers.count + providers.count }

    /// Loads what is missing; running it again changes nothing.
    ///
    /// - Parameter progress: called after each account.
    public func load(into roadside: Roadside, progress: (Loaded) -> Void = { _ in }) async throws {
        try await loadAdmin(into: roadside, progress: progress)
        for (people, role) in [(customers, Role.customer), (providers, .provider)] {
            for person in people {
                let registration = try registration(person, role: role)
                let isNew = try await added { _ = try await roadside.accounts.register(registration) }
                progress(Loaded(email: registration.email, name: registration.name, role: role, isNew: isNew))
            }
        }
    }

    private func loadAdmin(into roadside: Roadside, progress: (Loaded) -> Void) async throws {
        let email = try text(admin, "email")
        let name = try text(admin, "name")
        let phone = admin["phone"]?.string
        let isNew = try await added {
            _ = try await roadside.accounts.createAdmin(email: email, password: password, name: name, phone: phone)
        }
        progress(Loaded(email: email, name: name, role: .admin, isNew: isNew))
    }

    /// An address that is taken means that the account is there.
    private func added(_ work: () async throws -> Void) async throws -> Bool {
        do {
            try await work()
            return true
        } catch let error as RoadsideError where error.code == .emailTaken || error.code == .phoneTaken {
            return false
        }
    }

    private func registration(_ person: JSON, role: Role) throws -> Registration {
        let vehicle = person["vehicle_info"]
        var location: GeoPoint?
        if let latitude = person["latitude"]?.double, let longitude = person["longitude"]?.double {
            location = GeoPoint(latitude: latitude, longitude: longitude)
        }
        return Registration(
            email: try text(person, "email"), password: password, name: try text(person, "name"),
            phone: try text(person, "phone"), role: role,
            vehicle: vehicle.map {
                VehicleFacts(
                    make: $0["make"]?.string ?? "", model: $0["model"]?.string ?? "",
                    year: $0["year"]?.int.map(Int.init),
                    licensePlate: $0["license_plate"]?.string ?? "")
            },
            specializations: (person["specialization"]?.array ?? []).compactMap(\.string),
            experienceYears: person["experience_years"]?.int.map(Int.init),
            serviceRadiusKm: person["service_radius_km"]?.double, location: location)
    }

    private func text(_ person: JSON, _ member: String) throws -> String {
        guard let text = person[member]?.string else {
            throw Fault(description: "an account of the seed has no \(member)")
        }
        return text
    }
}
