public import BSON
public import Foundation
import Mongo
import RoadsideRules

/// What lets an admin see the file of somebody else's paper for a minute: made for one file and one session, told by nobody
/// but this installation, and kept nowhere (threat T8).
///
/// It stands beside the access token and does not replace it: an address that is passed on opens nothing.
public struct PaperLink: Sendable, Hashable {
    public let uploadID: ObjectID
    /// To be shown with the request for the file.
    public let text: String
    public let expiresAt: Date

    /// Seconds for which it serves (trust.md T8).
    static let lifetime = 60.0

    init(to upload: ObjectID, for caller: Caller, at now: Date, _ sealer: Sealer) throws(RoadsideError) {
        let end = Int64((now.timeIntervalSince1970 + Self.lifetime).rounded(.down))
        let sealed = try sealer.seal("\(end)".utf8, for: Self.place(upload, caller))
        uploadID = upload
        text = sealed.reduce(into: "") { $0 += ($1 < 16 ? "0" : "") + String($1, radix: 16) }
        expiresAt = Date(timeIntervalSince1970: TimeInterval(end))
    }

    /// Whether the text is a link to this file for this session whose minute is not over.
    static func opens(_ upload: ObjectID, _ text: String, for caller: Caller, at now: Date, _ sealer: Sealer) -> Bool {
        guard text.utf8.count <= longest, text.utf8.count.isMultiple(of: 2) else { return false }
        var (sealed, rest) = ([UInt8](), text.utf8[...])
        while !rest.isEmpty {
            guard let byte = UInt8(Substring(rest.prefix(2)), radix: 16) else { return false }
            sealed.append(byte)
            rest = rest.dropFirst(2)
        }
        guard let bytes = sealer.open(sealed, for: place(upload, caller)),
            let end = Int64(String(decoding: bytes, as: UTF8.self))
        else { return false }
        return now.timeIntervalSince1970 < TimeInterval(end)
    }

    private static func place(_ upload: ObjectID, _ caller: Caller) -> String {
        "paper-link:\(upload.hex):\(caller.userID.hex):\(caller.sessionID.hex)"
    }

    private static let longest = 512
}

extension Papers {
    /// A way to the file of a paper, for the admin's own session and a minute.
    ///
    /// - Throws: `NOT_FOUND`; `FORBIDDEN` for anybody but an admin.
    public func link(to paper: ObjectID, for caller: Caller) async throws(RoadsideError) -> PaperLink {
        try caller.require(.admin, toDo: "review documents")
        let row = try await store.database { () async throws(MongoError) in
            try await store.providerDocuments.findOne(["_id": .id(paper)], projection: ["upload_id": 1])
        }
        guard let upload: ObjectID = row?.get("upload_id") else { throw .notFound("Document") }
        return try PaperLink(to: upload, for: caller, at: dependencies.now(), dependencies.sealer)
    }
}
