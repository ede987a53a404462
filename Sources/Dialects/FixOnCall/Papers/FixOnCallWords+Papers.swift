import RoadsideRules

/// What mechanics' documents are, and where they stand.
extension FixOnCallWords {
    static func document(_ kind: PaperKind) -> String {
        switch kind {
        case .drivingLicence: "driving_licence"
        case .idCard: "id_card"
        case .insurance: "insurance"
        case .vehicleRegistration: "vehicle_registration"
        case .certificate: "certificate"
        }
    }

    static func document(_ word: String) -> PaperKind? { PaperKind.allCases.first { document($0) == word } }

    static func document(_ state: PaperState) -> String {
        switch state {
        case .pending: "pending"
        case .approved: "approved"
        case .rejected: "rejected"
        case .expired: "expired"
        }
    }

    static func documentState(_ word: String) -> PaperState? { PaperState.allCases.first { document($0) == word } }

    static let documents = PaperKind.allCases.map { document($0) }
    static let documentStates = PaperState.allCases.map { document($0) }

    /// In a sentence: `driving licence`.
    static func spoken(_ kind: PaperKind) -> String {
        switch kind {
        case .drivingLicence: "driving licence"
        case .idCard: "ID card"
        case .insurance: "insurance"
        case .vehicleRegistration: "vehicle registration"
        case .certificate: "certificate"
        }
    }
}
