/// What a file may be, told by its content and never by what a client calls it (threat T23).
public enum MediaKind: String, CaseIterable, Sendable, Hashable {
    case jpeg, png, webp, pdf

    /// What it is called in `Content-Type`.
    public var mediaType: String { self == .pdf ? "application/pdf" : "image/\(rawValue)" }

    public var isImage: Bool { self != .pdf }

    /// Bytes that such a file may have: 8 MiB for a photo as phones take them, 10 MiB for a scanned paper. Ours.
    public var sizeLimit: Int { self == .pdf ? 10 << 20 : 8 << 20 }

    /// More bytes than any kind may have.
    public static let greatestSize = 10 << 20

    /// How many bytes tell the kind.
    static let signatureLength = 12

    /// - Parameter head: the first ``signatureLength`` bytes.
    init?(signature head: [UInt8]) {
        switch head {
        case _ where head.starts(with: [0xFF, 0xD8, 0xFF]): self = .jpeg
        case _ where head.starts(with: PNGReader.signature): self = .png
        case _ where head.starts(with: "RIFF".utf8) && head.dropFirst(8).starts(with: "WEBP".utf8): self = .webp
        case _ where head.starts(with: "%PDF-".utf8): self = .pdf
        default: return nil
        }
    }
}

/// A file as it was found to be.
public struct Media: Sendable, Hashable {
    public let kind: MediaKind
    /// nil for what has no pixels.
    public let size: PixelSize?
}

/// Width and height of an image.
public struct PixelSize: Sendable, Hashable {
    /// 40 million (threat T23): above any phone's usual photo, far below what would hurt whoever decodes it.
    public static let mostPixels = 40_000_000

    public let width: Int
    public let height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Throws: `malformed` for an image without pixels, `tooManyPixels`.
    func checked() throws(MediaFault) -> PixelSize {
        guard width > 0, height > 0 else { throw .malformed }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, pixels <= Self.mostPixels else { throw .tooManyPixels }
        return self
    }
}
