/// Why a file is not taken.
public enum MediaFault: Error, Sendable, Hashable {
    /// None of ``MediaKind``: GIF, SVG, HTML, archives and whatever else.
    case unknownKind
    /// Several pictures in one file.
    case animated
    /// It begins like one of the kinds, and then is none: cut off, lying about a length, or of a variety that nobody uses.
    case malformed
    case tooManyPixels
    /// Above the limit of its kind, in bytes.
    case tooLarge(limit: Int)
    /// The image has ended and the file has not: whatever follows is something else.
    case trailingData
    /// A PDF that runs or carries something.
    case active
}
