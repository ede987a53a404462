import BSON
import Foundation
public import Roadside
import RoadsideRules

/// The demo data of `Seeds/`: accounts with which a newcomer can try the product and, where a folder of the same name
/// lies beside the file, a whole city around them. Never loaded in production.
public struct DemoCity: Sendable {
    /// What seed files hold that is not what it should be: a line for each fault.
    public struct Fault: Error, CustomStringConvertible {
        public let description: String
    }

    /// What there is after loading.
    public struct Loaded: Sendable {
        public let accounts: [Seeding.Account]
        /// nil for a seed that has named accounts only.
        public let city: CityReport?

        /// Everything was there already.
        public var isUnchanged: Bool { city?.isUnchanged ?? accounts.allSatisfy { !$0.isNew } }
    }

    private let named: SeedAccounts
    private let plan: CityPlan?

    /// Reads a seed file and its folder.
    ///
    /// - Parameter catalog: what past jobs may be about; without it the folder is not looked at.
    /// - Throws: ``Fault`` with every file's name and what is wrong in it.
    public init(contentsOf path: String, catalog: Catalog? = nil) throws(Fault) {
        var faults: [String] = []
        func read<T>(_ work: () throws -> T) -> T? {
            do { return try work() } catch {
                faults.append("\(error)")
                return nil
            }
        }
        let seed = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let folder = String(path.dropLast(path.hasSuffix(".json") ? 5 : 0))
        let named = read {
            try SeedAccounts(
                try Self.json(path), seed: seed, file: path, reference: catalog?.current ?? .empty)
        }
        var plan: CityPlan?
        var isFolder: ObjCBool = false
        if let catalog, FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue {
            let files = ["places", "people", "history"].map { name in read { try Self.json("\(folder)/\(name).json") } }
            if let places = files[0], let people = files[1], let history = files[2] {
                plan = read {
                    try CityPlan(
                        places: places, people: people, history: history, folder: folder,
                        reference: catalog.current)
                }
            }
        }
        guard let named, faults.isEmpty else { throw Fault(description: faults.joined(separator: "\n")) }
        self.named = named
        self.plan = plan
    }

    /// The password of every demo account.
    public var password: String { named.password }

    /// How many accounts are known by name.
    public var count: Int { named.people.count }

    /// Whether there is more than the named accounts.
    public var isCity: Bool { plan != nil }

    /// A line for each named account: what it is and how it signs in.
    public var accounts: [String] {
        named.people.map { person in
            let text = "\(Self.kind(person.role))  \(person.email)  \(person.name)"
            let skills = person.profile?.specializations.joined(separator: ", ") ?? ""
            return skills.isEmpty ? text : "\(text) (\(skills); \(person.place))"
        }
    }

    /// Loads what is missing; running it again changes nothing.
    ///
    /// - Parameter wish: for a city; ignored by a seed of named accounts only.
    public func load(
        into roadside: Roadside, _ wish: CityWish = CityWish(),
        progress: @Sendable (SeedProgress) -> Void = { _ in }
    ) async throws -> Loaded {
        guard let plan else { return Loaded(accounts: try await roadside.seeding.load(named), city: nil) }
        let city = try await roadside.seeding.build(plan, named: named, wish, progress: progress)
        return Loaded(accounts: city.accounts, city: city)
    }

    /// Whether an earlier loading was cut short.
    public func isInterrupted(in roadside: Roadside) async throws -> Bool {
        try await roadside.seeding.isInterrupted(named.seed)
    }

    private static func kind(_ role: Role) -> String {
        switch role {
        case .admin: "admin   "
        case .dispatcher: "dispatch"
        case .partner: "partner "
        case .customer: "motorist"
        case .provider: "provider"
        }
    }

    private static func json(_ path: String) throws -> JSON {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Fault(description: "there is no seed file \(path)")
        }
        do {
            return try JSON.parse(data)
        } catch {
            throw Fault(description: "\(path): \(error)")
        }
    }
}
