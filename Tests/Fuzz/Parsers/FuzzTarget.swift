import BSON
import Foundation
import NIOCore
import RoadsideRules

@testable import Gateways
@testable import Realtime
@testable import RoadsideWeb

/// The parsers that read what strangers send, each with a promise beside not to trap.
enum FuzzTarget: String, CaseIterable {
    case json, bson, jwt, multipart, geojson, phone, frames

    func run(_ bytes: [UInt8]) {
        switch self {
        case .json: Self.json(bytes)
        case .bson: Self.bson(bytes)
        case .jwt: Self.jwt(bytes)
        case .multipart: Self.multipart(bytes)
        case .geojson: Self.geojson(bytes)
        case .phone: Self.phone(bytes)
        case .frames: Self.frames(bytes)
        }
    }

    /// What was read is written and read again, and is the same.
    private static func json(_ bytes: [UInt8]) {
        guard let json = try? JSON.parse(bytes, limits: RequestJSON.limits) else { return }
        guard let again = try? JSON.parse(json.bytes(), limits: JSON.Limits(maxDepth: 16, maxBytes: 1 << 24)) else {
            fatalError("what was written cannot be read")
        }
        precondition(again.bytes() == json.bytes(), "what is written changes when it is read")
    }

    /// A document that passes is read to its end; one that does not pass is, too, as if it came from the database.
    private static func bson(_ bytes: [UInt8]) {
        if let document = try? Document(validating: bytes) { walk(document) }
        walk(Document(adopting: bytes))
    }

    private static func walk(_ document: Document, depth: Int = 0) {
        for key in document.keys {
            _ = document.get(key, as: String.self)
            _ = document.get(key, as: Int64.self)
            _ = document.get(key, as: Double.self)
            _ = document.get(key, as: Date.self)
            _ = document.get(key, as: ObjectID.self)
            _ = document.get(key, as: [Double].self)
            if depth < 8, let inner = document.get(key, as: Document.self) { walk(inner, depth: depth + 1) }
        }
        _ = JSONRenderer().json(document)
    }

    private static func jwt(_ bytes: [UInt8]) {
        let token = String(decoding: bytes, as: UTF8.self)
        guard let parts = TokenParts(token) else { return }
        _ = parts.kid(for: "HS256")
        _ = parts.kid(for: "RS256")
    }

    /// The first byte says in what pieces the body arrives; what comes of it must not depend on that.
    private static func multipart(_ bytes: [UInt8]) {
        guard let size = bytes.first.map({ Int($0 % 61) + 1 }) else { return }
        let body = Array(bytes.dropFirst())
        let inPieces = events(stride(from: 0, to: body.count, by: size).map { body[$0..<min($0 + size, body.count)] })
        precondition(inPieces == events([body[...]]), "a form depends on how it arrives")
    }

    /// Each part's text, joined; nil for a form that is refused.
    private static func events(_ pieces: [ArraySlice<UInt8>]) -> [[UInt8]]? {
        guard var parser = try? MultipartParser(contentType: "multipart/form-data; boundary=x") else { return nil }
        var parts: [[UInt8]] = []
        do {
            for piece in pieces {
                parser.take(piece)
                while let event = try parser.next() {
                    switch event {
                    case .part: parts.append([])
                    case .bytes(let bytes): parts[parts.count - 1] += bytes
                    case .partEnd: break
                    }
                }
            }
            try parser.finish()
        } catch {
            return nil
        }
        return parts
    }

    /// A position out of a body, and the same out of a document as the database keeps it: in range, or none.
    private static func geojson(_ bytes: [UInt8]) {
        guard let json = try? JSON.parse(bytes, limits: RequestJSON.limits) else { return }
        var fields = Fields(json)
        let point = fields.point()
        precondition((point == nil) != fields.issues.isEmpty, "a point without a word, or words with a point")
        guard let point else { return }
        precondition(abs(point.latitude) <= 90 && abs(point.longitude) <= 180)
        precondition(point.distance(to: point.rounded) < 200, "rounding moves by a hundred metres at most")
        precondition((0..<360).contains(point.bearing(to: point.rounded)))
    }

    /// A number in E.164 stays as it is when it is read again; so do addresses, and plates.
    private static func phone(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let phone = ContactRules.phone(text) {
            precondition(ContactRules.phone(phone) == phone)
            _ = ContactRules.masked(phone: phone)
        }
        if let email = ContactRules.email(text) {
            precondition(ContactRules.email(email) == email)
            _ = ContactRules.masked(email: email)
        }
        if let plate = PlateRules.plate(text) { precondition(PlateRules.plate(plate) == plate) }
        _ = ContactRules.displayName(text)
        _ = ContactRules.password(text, own: [text])
    }

    /// Frames in pieces of the size that the first byte says, as they come from a network.
    private static func frames(_ bytes: [UInt8]) {
        guard let size = bytes.first.map({ Int($0 % 61) + 1 }) else { return }
        var reader = FrameReader(messageLimit: 4096, fragmentLimit: 16, allowsBinary: true)
        var rest = bytes.dropFirst()
        var buffer = ByteBuffer()
        while !rest.isEmpty {
            buffer.writeBytes(rest.prefix(size))
            rest = rest.dropFirst(size)
            do {
                while let event = try reader.next(&buffer) {
                    if case .text(let text) = event {
                        precondition(text.count <= 4096 && String(validating: text, as: UTF8.self) != nil)
                    }
                }
            } catch {
                return
            }
        }
    }
}
