/// What a file is for: who may see it and what it may be follow from that. Raw values are stored.
public enum UploadPurpose: String, CaseIterable, Sendable, Hashable {
    /// A face, for everybody who is signed in.
    case profilePhoto = "profile_photo"
    /// A vehicle, for its owner and staff.
    case vehicleImage = "vehicle_image"
    /// What is to be seen of a job, for its parties and staff.
    case jobPhoto = "job_photo"
    /// A paper, for its owner and admins.
    case document

    /// A paper may be a scan or a photo of one; everything else is a picture.
    public func accepts(_ kind: MediaKind) -> Bool { kind.isImage || self == .document }

    /// Whether a file without anything that refers to it is of no use: it is kept for a day, and until it is used.
    public var isClaimedLater: Bool { self != .jobPhoto }
}
