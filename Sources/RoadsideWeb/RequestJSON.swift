public import BSON
import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore
import Roadside

/// Reads a request's body as JSON, with every way it can be wrong as a value.
public enum RequestJSON {
    /// 64 KiB is far above any documented body; depth 16 far below anything that could hurt a recursive reader. What is
    /// named twice is refused, so that nobody before us can have read another value (T22).
    public static let limits = JSON.Limits(maxDepth: 16, maxBytes: 64 * 1024, allowsRepeats: false)

    /// The parsed body, or nil when there is none.
    ///
    /// - Throws: `RoadsideError` with `PAYLOAD_TOO_LARGE`, or `MALFORMED_BODY` for bytes that are not one JSON value;
    ///   `HTTPError` 415 for a declared type that is not JSON. A missing Content-Type is accepted: small clients
    ///   forget it.
    public static func readIfPresent(_ request: Request) async throws -> JSON? {
        let bytes = try await collect(request)
        guard !bytes.isEmpty else { return nil }
        guard acceptsType(request.headers[.contentType]) else {
            throw HTTPError(.unsupportedMediaType, message: "Send the body as application/json.")
        }
        do throws(JSONError) {
            return try JSON.parse(bytes, limits: limits)
        } catch {
            throw RoadsideError(.malformedBody, error.message)
        }
    }

    /// A reader over the body's members; an absent body reads as an empty object, so that what is required is reported
    /// as missing, member by member.
    public static func fields(_ request: Request) async throws -> Fields {
        Fields(try await readIfPresent(request) ?? .object([]))
    }

    /// The body's bytes, which can be read once.
    ///
    /// - Throws: `PAYLOAD_TOO_LARGE` beyond the limit, `MALFORMED_BODY` for a body that breaks off.
    static func collect(_ request: Request) async throws -> [UInt8] {
        Array(buffer: try await gather(request))
    }

    static func gather(_ request: Request) async throws -> ByteBuffer {
        let tooLarge = RoadsideError(.payloadTooLarge, "The body is larger than \(limits.maxBytes / 1024) KiB.")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.maxBytes {
            throw tooLarge
        }
        do {
            return try await request.body.collect(upTo: limits.maxBytes)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch let error as CancellationError {
            throw error
        } catch {
            throw RoadsideError(.malformedBody, "The body could not be read to its end.")
        }
    }

    /// `application/json`, `text/json` or any `+json`, with or without parameters.
    static func acceptsType(_ header: String?) -> Bool {
        // What nearly everybody sends needs no taking apart.
        guard let header, header != "application/json" else { return true }
        let essence = header.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        return essence.isEmpty || essence == "application/json" || essence == "text/json" || essence.hasSuffix("+json")
    }
}
