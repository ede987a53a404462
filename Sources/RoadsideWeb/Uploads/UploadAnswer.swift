import BSON
import HTTPTypes
public import Hummingbird
import NIOCore
public import Roadside
import RoadsideRules

/// A stored file as an answer: whole, a part of it (206), or nothing of it (304).
///
/// It came from somebody, so a browser is to treat it as what it was found to be and as nothing else, on no page and with
/// no rights; a paper is to be saved and not shown.
public enum UploadAnswer {
    /// - Throws: `HTTPError` 416 with `Content-Range` for a part that the file does not have; `INTERNAL` for bytes that are
    ///   damaged.
    public static func response(
        to request: Request, with upload: Upload, of uploads: Uploads
    ) async throws -> Response {
        let tag = EntityTag(opaque: upload.id.hex)
        var headers = headers(upload, tag)
        if try request.alreadyHas(tag) { return Response(status: .notModified, headers: headers) }
        headers[.contentType] = upload.kind.mediaType
        // A part of another version would be of no use; ours has one version only, under this tag.
        let isWanted = request.headers[.ifRange].map { $0 == tag.text } ?? true
        switch ByteRange(isWanted ? request.headers[.range] : nil, length: upload.length) {
        case .unsatisfiable:
            throw HTTPError(.rangeNotSatisfiable, headers: [.contentRange: "bytes */\(upload.length)"])
        case .all:
            let body = try await body(0..<upload.length, of: upload, uploads)
            return Response(status: .ok, headers: headers, body: body)
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(upload.length)"
            let body = try await body(range, of: upload, uploads)
            return Response(status: .partialContent, headers: headers, body: body)
        }
    }

    private static func headers(_ upload: Upload, _ tag: EntityTag) -> HTTPFields {
        let isPaper = upload.purpose == .document
        let name = "\(upload.id.hex).\(upload.kind == .jpeg ? "jpg" : upload.kind.rawValue)"
        return [
            .eTag: tag.text, .acceptRanges: "bytes",
            // Asked about every time, since who may see it may change; a paper is not even kept.
            .cacheControl: isPaper ? "private, no-store" : "private, no-cache",
            .xContentTypeOptions: "nosniff", .contentSecurityPolicy: "default-src 'none'; sandbox",
            .contentDisposition: "\(upload.kind.isImage ? "inline" : "attachment"); filename=\"\(name)\"",
            .crossOriginResourcePolicy: "same-site",
        ]
    }

    /// Piece by piece. The first is read before anything is sent, so that a damaged file is an error and not half an
    /// answer.
    private static func body(
        _ range: Range<Int>, of upload: Upload, _ uploads: Uploads
    ) async throws -> ResponseBody {
        let (first, last) = (range.lowerBound / upload.pieceLength, (range.upperBound - 1) / upload.pieceLength)
        let head = try await uploads.piece(first, of: upload)
        return ResponseBody(contentLength: range.count) { writer in
            for number in first...last {
                let piece = number == first ? head : try await uploads.piece(number, of: upload)
                let start = number * upload.pieceLength
                let part = range.clamped(to: start..<start + piece.count)
                try await writer.write(ByteBuffer(bytes: piece[part.lowerBound - start..<part.upperBound - start]))
            }
            try await writer.finish(nil)
        }
    }
}
