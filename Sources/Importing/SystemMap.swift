import RoadsideRules

/// What an old system keeps where: read backwards it is what an export writes.
struct SystemMap: Sendable {
    let system: OldSystem
    /// Whose rows are people, in the order in which they are brought in.
    let people: [PeopleMap]
    let jobs: JobMap
    var reviews: ReviewMap?
    /// How an export writes ids.
    let ids: Ids
    let cancelled: String

    /// The forms of contracts K6.
    enum Ids: Sendable { case object, number, uuid }

    static func of(_ system: OldSystem) -> SystemMap {
        switch system {
        case .fixOnCall: .fixOnCall
        case .depannini: .depannini
        case .toota: .toota
        case .careConnect: .careConnect
        case .liveBookings: .liveBookings
        }
    }
}

/// A table whose every row is a person.
struct PeopleMap: Sendable {
    /// What the people of a table are (contracts K1).
    enum Kind: Sendable {
        case all(Role)
        /// By a word in the row; another word is a fault.
        case word(Field, [String: Role])
        /// Providers are those whom a row of this table completes.
        case completed(by: String)
    }

    let table: String
    let kind: Kind
    var id: Field = "id|_id|pk"
    /// Joined by a space.
    let name: [Field]
    var email: Field = "email"
    var phone: Field = "phone_number|phone"
    var passwordHash: Field = "password|password_hash"
    var isActive: Field = "is_active"
    var isEmailProven: Field = "is_email_verified|email_verified"
    var isPhoneProven: Field = "is_phone_verified|phone_verified"
    var createdAt: Field = "created_at|date_joined"
    var vehicle: VehicleMap?
    var work: WorkMap?
    /// Tables with a row more about some of these people.
    var details: [Detail] = []
}

/// A table with at most one row for each of another: the value of `key` there is that of `of` here.
struct Detail: Sendable {
    let table: String
    let key: Field
    let of: Field
}

struct VehicleMap: Sendable {
    var make: Field = "vehicle_info.make"
    var model: Field = "vehicle_info.model"
    var year: Field = "vehicle_info.year"
    var plate: Field = "vehicle_info.license_plate"
}

/// The working side of a provider.
struct WorkMap: Sendable {
    var specializations: Field = "specialization|specializations"
    /// What the words of an old system are in ours (K17); others stay as they are.
    var skills: [String: String] = [:]
    var experienceYears: Field = "experience_years"
    var serviceRadiusKm: Field = "service_radius_km"
    /// A flag, or the word `available`.
    let availability: Field
    let latitude: Field
    let longitude: Field
    var isVerified: Field = "is_verified"
    var rating: Field = "rating"
    var ratingCount: Field = "rating_count|total_ratings"
    var licenceClasses: Field = "license_class"
    var licenceNumber: Field = "license_number"
    var licenceExpiry: Field = "license_expiry"
    var vehicleType: Field = "vehicle_type"
    var vehicleRegistration: Field = "vehicle_registration"
}

/// The table of jobs.
struct JobMap: Sendable {
    let table: String
    var id: Field = "id|_id|pk"
    let customer: Link
    let provider: Link
    /// Absent where there is one kind of service.
    var serviceType: Field = "service_type"
    let latitude: Field
    let longitude: Field
    let address: Field
    let destinationLatitude: Field
    let destinationLongitude: Field
    let destinationAddress: Field
    var description: Field = "description"
    var vehicle: VehicleMap?
    var status: Field = "status"
    var createdAt: Field = "created_at"
    var closedAt: Field = "completed_at|updated_at"
    let price: Field
    var currency: Field = "currency"
    var paymentStatus: Field = "payment_status"
    var stars: Field = "stars"
    var reason: Field = "cancellation_reason"
}

/// Who is meant by a value of a job.
struct Link: Sendable {
    let field: Field
    /// The table of people he is in.
    let table: String
    var via: Via?

    /// The value names a row of a table that completes people, in which the person's own id stands.
    struct Via: Sendable {
        let table: String
        let id: Field
        let person: Field
        /// Never the person's own id: both are small numbers and would be taken for each other.
        let isOnly: Bool
    }
}

/// What customers say of jobs, where that is a table.
struct ReviewMap: Sendable {
    let table: String
    var id: Field = "id|_id|pk"
    let job: Field
    let stars: Field
    let comment: Field
    var createdAt: Field = "created_at"
}
