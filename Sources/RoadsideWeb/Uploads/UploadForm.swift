public import BSON
public import Hummingbird
import NIOCore
public import Roadside
import RoadsideRules

/// A form with one file: the part `file`, and short texts beside it. The file goes on to where it is stored while it
/// arrives, so that no request needs room for all of it.
public struct UploadForm: Sendable {
    public static let mediaType = "multipart/form-data"

    /// Arrived, and not yet there: to be finished or given up.
    public let draft: UploadDraft
    /// The texts, as an object of strings.
    public let fields: JSON

    /// Reads the whole request.
    ///
    /// - Throws: `UNSUPPORTED_MEDIA_TYPE`, `PAYLOAD_TOO_LARGE`, `MALFORMED_BODY`, and what ``Uploads`` refuses; then the
    ///   file has been given up.
    public static func read(
        _ request: Request, into uploads: Uploads, by caller: Caller
    ) async throws -> UploadForm {
        var reading = Reading(uploads: uploads, caller: caller)
        do {
            return try await reading.run(request)
        } catch {
            if let draft = reading.draft { await uploads.discard(draft.id) }
            throw error
        }
    }

    /// Beside the largest file: the boundaries, headers and texts of a form.
    private static let mostBytes = MediaKind.greatestSize + 32 * 1024
    private static let longestText = 200

    private struct Reading {
        let uploads: Uploads
        let caller: Caller
        var draft: UploadDraft?
        var texts: [JSON.Member] = []
        /// The text that is being read; nil in a file.
        var text: (name: String, bytes: [UInt8])?

        mutating func run(_ request: Request) async throws -> UploadForm {
            var parser = try MultipartParser(contentType: request.headers[.contentType])
            var left = UploadForm.mostBytes
            let tooLarge = RoadsideError(.payloadTooLarge, "The body is larger than any file that is taken.")
            if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > left { throw tooLarge }
            do {
                for try await buffer in request.body {
                    left -= buffer.readableBytes
                    guard left >= 0 else { throw tooLarge }
                    parser.take(buffer.readableBytesView)
                    while let event = try parser.next() { try await take(event) }
                }
            } catch  where !(error is RoadsideError || error is CancellationError) {
                throw RoadsideError.malformedForm("it breaks off")
            }
            try parser.finish()
            guard let draft else { throw RoadsideError.validation([FieldIssue(name: "file", message: "is required")]) }
            return UploadForm(draft: draft, fields: .object(texts))
        }

        private mutating func take(_ event: MultipartParser.Event) async throws(RoadsideError) {
            switch event {
            case .part(let head) where head.name == "file":
                guard draft == nil else {
                    throw .validation([FieldIssue(name: "file", message: "must be there once")])
                }
                draft = try await uploads.begin(by: caller)
            case .part(let head): text = (head.name, [])
            case .bytes(let bytes):
                if text == nil {
                    guard var draft else { return }
                    // The draft is not copied while it grows.
                    self.draft = nil
                    let id = draft.id
                    do throws(RoadsideError) {
                        try await uploads.append(bytes, to: &draft)
                    } catch {
                        await uploads.discard(id)
                        throw error
                    }
                    self.draft = draft
                } else {
                    text?.bytes += bytes
                    guard text.map({ $0.bytes.count <= UploadForm.longestText }) ?? true else {
                        throw .malformedForm("a text is longer than \(UploadForm.longestText) bytes")
                    }
                }
            case .partEnd:
                guard let (name, bytes) = text else { return }
                text = nil
                guard let value = String(validating: bytes, as: UTF8.self) else {
                    throw .malformedForm("a text is none")
                }
                texts.append(JSON.Member(name, .string(value)))
            }
        }
    }
}
