import BSON
import Blueprint
import RoadsideRules
import RoadsideWeb

/// What the documents say of uploaded files.
extension UploadRoutes {
    static let tag = "Uploads"

    static let upload = Operation.fixOnCall(
        tag, "Upload a photo or a paper", for: .signedIn,
        description: """
            One part `file`: JPEG, PNG or WebP of at most 8 MiB and 40 million pixels, for papers also PDF of at most \
            10 MiB. What it is, is told by its content. Places, devices and texts are taken out of images. Photos belong \
            to a service at once; every other file is deleted after a day unless something refers to it. A form takes no \
            `Idempotency-Key`: sent twice it is two files.
            """,
        body: Operation.Content(
            mediaType: UploadForm.mediaType,
            .object(
                [
                    "file": .string(format: "binary"), "purpose": .string(oneOf: FixOnCallWords.purposes),
                    "service_id": Schema.reference.described("of a `job_photo`"),
                ], optional: ["service_id"]),
            example: ["file": "", "purpose": "job_photo", "service_id": "65a50b2c9f1d4e0012345680"]),
        status: 201, message: "File stored.", data: ["upload": UploadView.example],
        refusals: [404, 409, 413, 415, 429]
    ).leading(to: "files.file", by: "upload")

    static let file: Operation = {
        var operation = Operation.fixOnCall(
            tag, "The bytes of an uploaded file", for: .signedIn,
            description: """
                For its owner and staff; photos of a service for its parties, profile photos for everybody signed in, \
                papers for their owner, and for an admin with a `link` of his own (`POST /api/admin/documents/{id}/link`). \
                One range is served. Images are shown, papers saved.
                """,
            query: [], message: "The file", data: [:], refusals: [400, 403, 404, 416, 422])
        let binary = Schema.string(format: "binary")
        let kinds = MediaKind.allCases.map { Operation.Content(mediaType: $0.mediaType, binary) }
        for (status, meaning) in [200: "The file", 206: "The part that was asked for"] {
            var reply = Operation.Reply(meaning, kinds[0])
            reply.alternatives = Array(kinds.dropFirst())
            operation.responses[status] = reply
        }
        operation.responses[304] = Operation.Reply("As it was when it was asked for last")
        operation.parameters = [
            .query("link", .queryText(max: 512), "To somebody else's document"),
            Operation.Parameter("Range", in: .header, .string, "`bytes=0-499`"),
            Operation.Parameter("If-None-Match", in: .header, TagSchema.list, "The `ETag` at hand"),
            Operation.Parameter("If-Range", in: .header, .string, "The `ETag` that the part belongs to"),
        ]
        return operation
    }()
}
