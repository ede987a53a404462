import RoadsideRules

/// What files are for.
extension FixOnCallWords {
    static func purpose(_ purpose: UploadPurpose) -> String {
        switch purpose {
        case .profilePhoto: "profile_photo"
        case .vehicleImage: "vehicle_image"
        case .jobPhoto: "job_photo"
        case .document: "document"
        }
    }

    static func purpose(_ word: String) -> UploadPurpose? { UploadPurpose.allCases.first { purpose($0) == word } }

    static let purposes = UploadPurpose.allCases.map { purpose($0) }
}
