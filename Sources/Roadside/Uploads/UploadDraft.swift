public import BSON
import Mongo
import RoadsideRules

/// A file that is still arriving. It holds two pieces at most, half a megabyte, however large the file.
public struct UploadDraft: Sendable {
    public let id: ObjectID
    /// Bytes in every piece but the last, so that a sealed one is just a chunk.
    let pieceLength: Int
    var reader = MediaReader()
    /// Kept, and not yet enough for a piece.
    var pending: [UInt8] = []
    /// The first piece waits for the end: its header may have to be mended.
    var first: [UInt8]?
    /// Of those, how many there are, and their bytes before and after sealing.
    var pieces = 0
    var length = 0
    var stored = 0

    init(id: ObjectID, pieceLength: Int) {
        self.id = id
        self.pieceLength = pieceLength
    }

    /// What a piece is sealed for.
    static func place(_ file: ObjectID, _ number: Int) -> String { "upload:\(file.hex):\(number)" }
}

extension RoadsideError {
    /// Why a file is not taken, to whoever sent it.
    init(_ fault: MediaFault) {
        func wrong(_ message: String) -> RoadsideError {
            .validation([FieldIssue(name: "file", message: message)])
        }
        self =
            switch fault {
            case .unknownKind:
                RoadsideError(.unsupportedMedia, "Send a JPEG, PNG or WebP image, or a PDF; this is none of them.")
            case .animated: RoadsideError(.unsupportedMedia, "Send a single picture; this one moves.")
            case .malformed: wrong("is damaged, or not what it begins like")
            case .tooManyPixels: wrong("must have at most 40 million pixels")
            case .tooLarge(let limit):
                RoadsideError(.payloadTooLarge, "The file is larger than \(limit >> 20) MiB.")
            case .trailingData: wrong("goes on after its end; save it anew and send that")
            case .active: wrong("runs or carries something; print it to a new PDF and send that")
            }
    }
}
