/// Takes a file apart while it arrives: what kind it is, whether it is whole, how many pixels it has; and leaves out what
/// tells more than the picture: EXIF with its places and devices, XMP, comments, thumbnails (threat T23).
///
/// It walks the segments of the container and decodes nothing, so a picture that is a bomb when decoded is a few bytes
/// here, and the pixels come out byte for byte as they went in. It keeps one segment at most, 64 KiB.
public struct MediaReader: Sendable {
    private var format: (any MediaFormat)?
    private var step = MediaStep.gather(MediaKind.signatureLength)
    private var gathered: [UInt8] = []
    private var count = 0

    public init() {}

    /// The kind, once its first bytes are there.
    public var kind: MediaKind? { format?.kind }

    /// Takes the next bytes of the file, however they are cut, and appends what is kept of them.
    public mutating func take(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) throws(MediaFault) {
        count += bytes.count
        var rest = bytes
        if format == nil {
            let part = rest.prefix(MediaKind.signatureLength - gathered.count)
            gathered += part
            rest = rest.dropFirst(part.count)
            guard gathered.count == MediaKind.signatureLength else { return }
            let head = gathered
            gathered = []
            try begin(head, into: &output)
        }
        if let limit = format?.kind.sizeLimit, count > limit { throw .tooLarge(limit: limit) }
        try walk(rest, into: &output)
    }

    /// The file has ended.
    ///
    /// - Returns: what it was; and bytes of the output that are other than they were taken for, with where they are. They
    ///   are among its first twelve.
    public func finish() throws(MediaFault) -> (media: Media, patch: (place: Int, bytes: [UInt8])?) {
        guard let format else { throw count == 0 ? .malformed : .unknownKind }
        switch step {
        case .end: break
        case .pass where format.kind == .pdf: break
        default: throw .malformed
        }
        let patch = try format.ended()
        return (Media(kind: format.kind, size: format.size), patch)
    }

    private mutating func begin(_ head: [UInt8], into output: inout [UInt8]) throws(MediaFault) {
        switch MediaKind(signature: head) {
        case .jpeg: format = JPEGReader()
        case .png: format = PNGReader()
        case .webp: format = WebPReader()
        case .pdf: format = PDFReader()
        case nil: throw .unknownKind
        }
        step = format?.first ?? step
        try walk(head[...], into: &output)
    }

    private mutating func walk(_ bytes: ArraySlice<UInt8>, into output: inout [UInt8]) throws(MediaFault) {
        guard var format else { return }
        defer { self.format = format }
        var rest = bytes
        while true {
            switch step {
            case .gather(let wanted):
                let part = rest.prefix(wanted - gathered.count)
                gathered += part
                rest = rest.dropFirst(part.count)
                guard gathered.count == wanted else { return }
                let whole = gathered
                gathered = []
                step = try format.gathered(whole, into: &output)
            case .pass(let wanted, let isKept):
                let part = rest.prefix(wanted)
                rest = rest.dropFirst(part.count)
                try format.passed(part)
                if isKept { output += part }
                guard part.count == wanted else {
                    step = .pass(wanted - part.count, isKept: isKept)
                    return
                }
                step = try format.next()
            case .passCoded:
                let coded = rest.prefix(JPEGReader.codedLength(of: rest))
                output += coded
                rest = rest.dropFirst(coded.count)
                if rest.isEmpty { return }
                step = try format.next()
            case .end:
                guard rest.isEmpty else { throw .trailingData }
                return
            }
        }
    }
}

/// What is to be done with the next bytes of a file.
enum MediaStep: Sendable, Hashable {
    /// Wait until so many are there, and look at them.
    case gather(Int)
    /// Let so many pass, into the output or into nothing.
    case pass(Int, isKept: Bool)
    /// Let the coded pixels of a JPEG pass, up to a mark that is none of theirs.
    case passCoded
    /// The file has to end here.
    case end
}

/// One kind of container. It says step by step what it wants, and trusts no length that it has read.
protocol MediaFormat: Sendable {
    var kind: MediaKind { get }
    var size: PixelSize? { get }
    var first: MediaStep { get }

    /// The bytes that were waited for; what is kept of them goes to the output.
    mutating func gathered(_ bytes: [UInt8], into output: inout [UInt8]) throws(MediaFault) -> MediaStep

    /// Some of the bytes that pass.
    mutating func passed(_ bytes: ArraySlice<UInt8>) throws(MediaFault)

    /// All that was to pass has passed.
    mutating func next() throws(MediaFault) -> MediaStep

    /// - Returns: bytes of the output that are other than they were taken for, and where they are.
    func ended() throws(MediaFault) -> (place: Int, bytes: [UInt8])?
}

extension MediaFormat {
    mutating func passed(_ bytes: ArraySlice<UInt8>) throws(MediaFault) {}
    func ended() throws(MediaFault) -> (place: Int, bytes: [UInt8])? { nil }
}

extension [UInt8] {
    /// A big-endian number of so many bytes, four at most; nil when they are not there.
    func bigEndian(at place: Int, _ count: Int) -> Int? {
        guard place >= 0, place <= self.count - count else { return nil }
        return self[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
    }

    /// A little-endian number of so many bytes, four at most; nil when they are not there.
    func littleEndian(at place: Int, _ count: Int) -> Int? {
        guard place >= 0, place <= self.count - count else { return nil }
        return self[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
